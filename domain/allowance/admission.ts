import { bringUpToDate, today } from '../account/bring-up-to-date.ts';
import { currentPeriod, withAccount, withPeriod, withSession } from '../account/change.ts';
import type { DecisionContext } from '../account/context.ts';
import { isUpgraded } from '../account/entitlement.ts';
import type { AccountState, Session } from '../account/state.ts';
import { isHeldOut } from '../growth/arm.ts';
import { type Instant, after } from '../instant.ts';
import { noMoney, plus } from '../money.ts';
import type { PlanTerms } from '../policy/terms.ts';
import { flagIfSuspect } from '../risk/flag.ts';
import { crossSteps, dimensionAt } from './ladder.ts';
import { type BindingLimit, type LimitName, bindingLimits, holdFor } from './limits.ts';
import { currentTermsInForce } from './terms-in-force.ts';

export type AdmissionRequest = {
  /** The user was asked and said yes. */
  readonly confirmed: boolean;
  readonly client: Readonly<Record<string, string>> | null;
  readonly metadata: Readonly<Record<string, string>> | null;
};

export type Refusal = {
  readonly limitedBy: LimitName;
  readonly resetsAt: Instant | null;
  readonly violated: readonly BindingLimit[];
};

export type Admission =
  | { readonly outcome: 'admitted'; readonly session: Session }
  | { readonly outcome: 'confirm' }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

export type Decided<Answer> = { readonly state: AccountState; readonly answer: Answer };

/** How many attempts a day are counted: more tells nothing more, and refusals then write nothing. */
const attemptsCounted = 255;
const attemptsRemembered = 32;

function countAttempt(state: AccountState, now: Instant): AccountState {
  const day = today(state);
  if (day.attempts >= attemptsCounted) return state;
  return withAccount(state, {
    day: { ...day, attempts: day.attempts + 1 },
    recentAttempts: [...state.account.recentAttempts, now].slice(-attemptsRemembered),
  });
}

/** Asks once more near the end of the allowance, but never as the first word: short allowances must have been warned of. */
function mustConfirm(state: AccountState, terms: PlanTerms): boolean {
  if (isUpgraded(state) || isHeldOut(state.account, terms)) return false;
  const period = currentPeriod(state);
  const near = dimensionAt(period, terms, period.sessionsUsed + 1, terms.ladder.confirm) !== null;
  return near && (terms.sessionsPerPeriod >= 5 || period.crossed.length > 0);
}

function refuse(
  state: AccountState,
  context: DecisionContext,
  violated: readonly BindingLimit[],
  first: BindingLimit,
): Decided<Admission> {
  const period = currentPeriod(state);
  const terms = currentTermsInForce(state, context);
  const periodUsedUp = violated.some(
    ({ limit, resetsAt }) => (limit === 'month' || limit === 'usage') && resetsAt === period.endsAt,
  );
  const told = periodUsedUp
    ? crossSteps(
        state,
        period,
        terms,
        { sessions: period.sessionsUsed, highest: terms.ladder.cutoff },
        context.now,
      )
    : state;
  return {
    state: told,
    answer: { outcome: 'refused', refusal: { limitedBy: first.limit, resetsAt: first.resetsAt, violated } },
  };
}

function askToConfirm(state: AccountState, context: DecisionContext): Decided<Admission> {
  const period = currentPeriod(state);
  const terms = currentTermsInForce(state, context);
  const reached = { sessions: period.sessionsUsed + 1, highest: terms.ladder.confirm };
  return { state: crossSteps(state, period, terms, reached, context.now), answer: { outcome: 'confirm' } };
}

function admit(
  state: AccountState,
  request: AdmissionRequest,
  context: DecisionContext,
  hold: NonNullable<ReturnType<typeof holdFor>>,
): Decided<Admission> {
  const terms = currentTermsInForce(state, context);
  const day = today(state);
  const before = currentPeriod(state);
  const session: Session = {
    id: context.fresh.sessionId,
    period: before.number,
    date: day.date,
    tier: hold.tier,
    cap: hold.cap,
    held: hold.cap,
    spent: noMoney,
    overshoot: noMoney,
    usageEvents: 0,
    tokens: 0,
    startedAt: context.now,
    expiresAt: after(context.now, terms.idleTimeout),
    endedAt: null,
    end: null,
    admittedVersion: state.account.version + 1,
    endedVersion: null,
    counted: true,
    givenBackVersion: null,
    client: request.client,
    metadata: request.metadata,
  };
  const period = { ...before, sessionsUsed: before.sessionsUsed + 1, held: plus(before.held, hold.cap) };
  const counted = withAccount(withSession(withPeriod(state, period), session), {
    day: { ...day, sessions: day.sessions + 1 },
  });
  const reached = { sessions: period.sessionsUsed, highest: terms.ladder.confirm };
  return {
    state: crossSteps(counted, period, terms, reached, context.now),
    answer: { outcome: 'admitted', session },
  };
}

/** Decides one session: admitted with its whole cap held, to be confirmed first, or refused with every limit that binds. */
export function decideAdmission(
  before: AccountState,
  request: AdmissionRequest,
  context: DecisionContext,
): Decided<Admission> {
  const current = bringUpToDate(before, context);
  const attempted = flagIfSuspect(countAttempt(current, context.now), context);
  const violated = bindingLimits(attempted, context);
  const [first] = violated;
  if (first !== undefined) return refuse(attempted, context, violated, first);
  const hold = holdFor(attempted, context);
  if (hold === null) throw new RangeError('a session without room for its hold passed every limit');
  // A question is not an attempt: only its repetition counts.
  if (!request.confirmed && mustConfirm(attempted, currentTermsInForce(attempted, context)))
    return askToConfirm(current, context);
  return admit(attempted, request, context, hold);
}

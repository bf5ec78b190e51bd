import { currentPeriod, periodOf } from '../account/change.ts';
import { entitlementInForce } from '../account/entitlement.ts';
import type { AccountState, Session } from '../account/state.ts';
import { termsInForce } from '../allowance/terms-in-force.ts';
import { type SessionId } from '../ids.ts';
import { minus } from '../money.ts';
import type { Entry, SessionAdmitted, SessionEnded, StepCrossed, UsageCounted } from './entry.ts';
import { explainDecision } from './explanation.ts';
import type { Happening } from './happening.ts';
import type { Replayed } from './replay.ts';
import { type ReplayContext, contextAt } from './beginning.ts';

type Of<Kind extends Happening['kind']> = Extract<Happening, { readonly kind: Kind }>;

/** The period a happening belongs to: its session's, or the one that ran. */
export function periodOfHappening(happening: Happening, running: number | null): number | null {
  switch (happening.kind) {
    case 'period_opened':
      return happening.period.number;
    case 'session_admitted':
    case 'session_ended':
      return happening.session.period;
    case 'usage_counted':
      return happening.event.period;
    case 'step_crossed':
      return happening.crossing.period;
    case 'nudge_decided':
      return happening.nudge.period;
    case 'reset_announced':
      return happening.reset.period;
    case 'policy_changed':
      return happening.change.period;
    case 'session_refused':
    case 'call_authorized':
    case 'authorization_expired':
    case 'review_opened':
    case 'act':
      return running;
    default:
      return happening satisfies never;
  }
}

function admitted(
  { session }: Of<'session_admitted'>,
  before: AccountState,
  at: Happening['at'],
  context: ReplayContext,
): SessionAdmitted {
  const { hold, spent, held, checks } = explainDecision(before, contextAt(at, context));
  return {
    kind: 'session_admitted',
    session: session.id,
    tier: session.tier,
    because: hold?.tier === session.tier ? hold.because : null,
    hold: session.cap,
    spent,
    held,
    checks,
  };
}

const usedIn = (state: AccountState): number =>
  state.periods.reduce((sum, { sessionsUsed }) => sum + sessionsUsed, 0);

const sessionIn = (state: AccountState, id: SessionId): Session | undefined =>
  state.sessions.find((session) => session.id === id);

function used({ event }: Of<'usage_counted'>, before: AccountState, after: AccountState): UsageCounted {
  const { spent, held } = periodOf(after, event.period);
  return {
    kind: 'usage_counted',
    event: event.id,
    session: event.sessionId,
    authorization: event.authorizationId,
    model: event.model,
    inputTokens: event.inputTokens,
    outputTokens: event.outputTokens,
    occurredAt: event.occurredAt,
    cost: event.cost,
    fromHold: minus(event.cost, event.overshoot),
    overshoot: event.overshoot,
    spent,
    held,
    late: sessionIn(before, event.sessionId)?.endedAt !== null,
    takenAgain: periodOf(before, event.period).sessionsUsed < periodOf(after, event.period).sessionsUsed,
  };
}

function ended({ session }: Of<'session_ended'>, before: AccountState, after: AccountState): SessionEnded {
  const running = sessionIn(before, session.id);
  const then = periodOf(before, session.period);
  const left = periodOf(after, session.period);
  return {
    kind: 'session_ended',
    session: session.id,
    end: session.end ?? 'ended',
    spent: running?.spent ?? session.spent,
    released: minus(then.held, left.held),
    givenBack: left.sessionsUsed < then.sessionsUsed,
    sessionsUsed: left.sessionsUsed,
  };
}

function crossed(
  { crossing, at }: Of<'step_crossed'>,
  after: AccountState,
  context: ReplayContext,
): StepCrossed {
  const period = periodOf(after, crossing.period);
  const terms = termsInForce(after, period, contextAt(at, context));
  return {
    kind: 'step_crossed',
    threshold: crossing.threshold,
    dimension: crossing.dimension,
    sessionsUsed: period.sessionsUsed,
    sessionsLimit: terms.sessionsPerPeriod,
    spent: period.spent,
    visibleBudget: terms.visibleBudget,
  };
}

/** One happening as an entry of the story, with the arithmetic of the state it was decided on. */
export function tell({ happening, before, after }: Replayed, context: ReplayContext): Entry {
  const { id, at, version } = happening;
  const running = after.account.currentPeriod === null ? null : currentPeriod(after).number;
  const head = { id, at, version, period: periodOfHappening(happening, running) };
  switch (happening.kind) {
    case 'period_opened': {
      const { endsAt, timeZone, plan, policyVersion } = happening.period;
      return { ...head, kind: 'period_opened', endsAt, timeZone, plan, policyVersion };
    }
    case 'session_admitted':
      return { ...head, ...admitted(happening, before, at, context) };
    case 'session_refused': {
      const { binding, checks } = explainDecision(before, contextAt(at, context));
      return { ...head, kind: 'session_refused', attempts: happening.attempts, binding, checks };
    }
    case 'call_authorized': {
      const { id: authorization, sessionId: session, ...rest } = happening.authorization;
      const { model, inputTokens, outputTokens, reserved, expiresAt } = rest;
      const figures = { model, inputTokens, outputTokens, reserved, expiresAt };
      return { ...head, kind: 'call_authorized', authorization, session, ...figures };
    }
    case 'authorization_expired': {
      const { id: authorization, sessionId: session, reserved } = happening.authorization;
      const givenBack = usedIn(after) < usedIn(before);
      return { ...head, kind: 'authorization_expired', authorization, session, reserved, givenBack };
    }
    case 'usage_counted':
      return { ...head, ...used(happening, before, after) };
    case 'session_ended':
      return { ...head, ...ended(happening, before, after) };
    case 'step_crossed':
      return { ...head, ...crossed(happening, after, context) };
    case 'nudge_decided': {
      const { threshold, dimension, decision } = happening.nudge;
      return { ...head, kind: 'nudge_decided', threshold, dimension, decision };
    }
    case 'reset_announced':
      return { ...head, kind: 'reset_announced', notice: happening.reset.text };
    case 'review_opened': {
      const { id: review, score, signals, dueAt } = happening.review;
      return { ...head, kind: 'review_opened', review, score, signals, dueAt };
    }
    case 'act': {
      const standingBefore = entitlementInForce(before).standing;
      const { standing } = entitlementInForce(after);
      return { ...head, kind: 'act', command: happening.command, standingBefore, standing };
    }
    case 'policy_changed': {
      const { former, policyVersion } = happening.change;
      return { ...head, kind: 'policy_changed', former, policyVersion };
    }
    default:
      return happening satisfies never;
  }
}

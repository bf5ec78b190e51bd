import { entitlementInForce } from '../../../domain/account/entitlement.ts';
import { nextChange } from '../../../domain/account/modifier.ts';
import { today } from '../../../domain/account/bring-up-to-date.ts';
import { periodOf } from '../../../domain/account/change.ts';
import type { AccountState } from '../../../domain/account/state.ts';
import { decideAdmission } from '../../../domain/allowance/admission.ts';
import type { BindingLimit } from '../../../domain/allowance/limits.ts';
import { termsFor } from '../../../domain/policy/terms.ts';
import type { Step, Validator } from '../play.ts';

const attemptsCounted = 255;
const attemptsRemembered = 32;

const sameRow = (left: object, right: object): boolean =>
  left === right || JSON.stringify(left) === JSON.stringify(right);

/** All that a user could lose: everything but attempts, crossings and what risk makes of them. */
function isSameAllowance(left: AccountState, right: AccountState): boolean {
  const periods = left.periods.every((period, n) => {
    const other = right.periods[n];
    return other !== undefined && sameRow({ ...period, crossed: [] }, { ...other, crossed: [] });
  });
  return (
    periods &&
    left.sessions.every((session, n) => sameRow(session, right.sessions[n] ?? {})) &&
    left.authorizations.length === right.authorizations.length &&
    sameRow({ ...today(left), attempts: 0 }, { ...today(right), attempts: 0 }) &&
    left.added.usageEvents.length === 0
  );
}

export const refusedChangesNothing: Validator = {
  name: 'a refused or unconfirmed attempt changes no allowance; attempts saturate',
  complaint: ({ current, after, answer }) => {
    if (answer.kind !== 'admission') return null;
    const { attempts } = today(after);
    const was = today(current).attempts;
    if (attempts > attemptsCounted || after.account.recentAttempts.length > attemptsRemembered)
      return `${attempts} attempts, ${after.account.recentAttempts.length} remembered`;
    if (answer.admission.outcome === 'confirm') return attempts === was ? null : 'a question was an attempt';
    if (attempts !== Math.min(attemptsCounted, was + 1)) return `attempts went from ${was} to ${attempts}`;
    if (answer.admission.outcome === 'admitted') return null;
    return isSameAllowance(after, current) ? null : 'the allowance changed';
  },
};

const needsPerson = ({ limit }: BindingLimit): boolean => limit === 'review' || limit === 'suspended';
const endsWithSessions = ({ limit }: BindingLimit): boolean => limit === 'concurrent' || limit === 'session';

export const oneReasonFreesLast: Validator = {
  name: 'a refusal names one limit: a person’s, else the one that frees last, else running sessions',
  complaint: ({ answer, context }) => {
    if (answer.kind !== 'admission' || answer.admission.outcome !== 'refused') return null;
    const { limitedBy, resetsAt, violated } = answer.admission.refusal;
    const named = violated.find(({ limit, resetsAt: at }) => limit === limitedBy && at === resetsAt);
    if (named === undefined) return `${limitedBy} is not among the violated`;
    const byPerson = violated.filter(needsPerson);
    if (byPerson.length > 0)
      return needsPerson(named) && resetsAt === null ? null : `${limitedBy}, though a person must act`;
    const windows = violated.filter((limit) => !endsWithSessions(limit));
    if (windows.length > 0) {
      const last = Math.max(...windows.map(({ resetsAt: at }) => at ?? 0));
      return resetsAt === last ? null : `${limitedBy} frees at ${resetsAt}, another at ${last}`;
    }
    if (resetsAt === null || resetsAt <= context.now) return `${limitedBy} frees at ${resetsAt}, in the past`;
    return null;
  },
};

const limitsOf = ({ answer }: Step): readonly BindingLimit[] =>
  answer.kind === 'admission' && answer.admission.outcome === 'refused'
    ? answer.admission.refusal.violated
    : [];

/** Sessions that still run then are named last by design, and a script may be flagged: neither is a matter of time alone. */
export const resetIsTrue: Validator = {
  name: 'at the instant a refusal names, no window refuses the same request',
  complaint: (step) => {
    const violated = limitsOf(step);
    const [named] = violated;
    if (!step.thorough || named === undefined || named.resetsAt === null || endsWithSessions(named))
      return null;
    const { after, context, world } = step;
    // Another plan may begin with the next period, and the day that runs counts under it.
    const { plan } = termsFor(context.policyOf(context.policyVersion), after.account.plan);
    if (periodOf(after, after.account.currentPeriod).plan !== plan) return null;
    const then = { ...context, now: named.resetsAt, fresh: world.context().fresh };
    // So may another grant or override, or the end of one.
    const change = nextChange(entitlementInForce(after).modifiers ?? [], context.now);
    if (change !== null && change <= named.resetsAt) return null;
    const { answer } = decideAdmission(after, { confirmed: true, client: null, metadata: null }, then);
    if (answer.outcome !== 'refused') return null;
    const [still] = answer.refusal.violated;
    return still === undefined || needsPerson(still) || endsWithSessions(still)
      ? null
      : `${named.limit} was to free at ${named.resetsAt}; then ${JSON.stringify(answer.refusal)}`;
  },
};

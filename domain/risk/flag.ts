import { withAdded } from '../account/change.ts';
import { type DecisionContext, currentTerms } from '../account/context.ts';
import { issueCommand } from '../account/issue-command.ts';
import type { AccountState } from '../account/state.ts';
import { entitlementInForce, isUpgraded } from '../account/entitlement.ts';
import { after } from '../instant.ts';
import { type RiskScore, flaggedAt, scoreRisk } from './reference-rule.ts';

/**
 * Flags an account whose score reaches the line: its review opens in the same commit and it spends nothing more until a
 * person decides. An account that is already restricted stays as it is, and one that pays is nobody's free rider.
 */
export function flagIfSuspect(state: AccountState, context: DecisionContext): AccountState {
  if (entitlementInForce(state).standing !== 'good' || isUpgraded(state)) return state;
  const risk = scoreRisk(state, context.now);
  return risk.score < flaggedAt ? state : flag(state, { ...risk, to: 'under_review' }, context);
}

/** Opens a review and moves the standing in one go: the evidence is what a person will look at. */
export function flag(
  state: AccountState,
  { score, signals, to }: RiskScore & { readonly to: 'restricted' | 'under_review' },
  context: DecisionContext,
): AccountState {
  const id = context.fresh.reviewId;
  const opened = withAdded(state, {
    reviews: [
      {
        id,
        openedAt: context.now,
        dueAt: after(context.now, currentTerms(state, context).reviewDue),
        score,
        signals,
      },
    ],
  });
  return issueCommand(opened, {
    key: `flag:${id}`,
    kind: 'flag',
    reviewId: id,
    ...(to === 'restricted' ? { to } : {}),
    by: 'risk rule',
    note: signals.map((signal) => signal.detail).join('; '),
    at: context.now,
  });
}

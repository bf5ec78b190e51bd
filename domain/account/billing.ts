import type { Decided } from '../allowance/admission.ts';
import { currentTermsInForce } from '../allowance/terms-in-force.ts';
import type { Instant } from '../instant.ts';
import { withoutEvidence } from '../risk/evidence.ts';
import { bringUpToDate } from './bring-up-to-date.ts';
import { withAccount } from './change.ts';
import type { Command } from './command.ts';
import type { DecisionContext } from './context.ts';
import { entitlementInForce, lifecycleOf } from './entitlement.ts';
import { issueCommand } from './issue-command.ts';
import { nextLifecycle } from './lifecycle.ts';
import type { AccountState } from './state.ts';

/** What billing tells of a user: they pay from then on, or no longer do. */
export type BillingEvent = Pick<Command, 'key' | 'by' | 'note'> & {
  readonly event: 'upgraded' | 'downgraded';
  /** The paid plan, or the free one to go on with; null: the policy's own, or the one it had. */
  readonly plan: string | null;
  readonly occurredAt: Instant;
};

/** `superseded`: billing has told of something later before. */
export type BillingAnswer =
  | { readonly outcome: 'applied'; readonly command: number }
  | {
      readonly outcome: 'unchanged';
      readonly reason: 'already_upgraded' | 'not_upgraded' | 'superseded';
    };

/** As every change of plan, a free plan that is named takes effect where the running period ends. */
const backOnFreePlan = (state: AccountState, plan: string | null): AccountState =>
  withoutEvidence(plan === null ? state : withAccount(state, { plan }));

/**
 * Lifts the free plan's limits from an account, or puts it back under them. What it used of the running period stands in both
 * directions: going back fills nothing up. What is repeated or comes late changes nothing.
 */
export function decideBilling(
  before: AccountState,
  told: BillingEvent,
  context: DecisionContext,
): Decided<BillingAnswer> {
  const state = bringUpToDate(before, context);
  const entitlement = entitlementInForce(state);
  const { billing } = entitlement;
  const unchanged = (reason: Extract<BillingAnswer, { outcome: 'unchanged' }>['reason']) => ({
    state,
    answer: { outcome: 'unchanged' as const, reason },
  });
  const { event, plan, occurredAt, key, by, note } = told;
  if (nextLifecycle(lifecycleOf(entitlement), event) === null) {
    return unchanged(event === 'upgraded' ? 'already_upgraded' : 'not_upgraded');
  }
  if (billing !== undefined && occurredAt < billing.since) return unchanged('superseded');
  const act =
    event === 'upgraded'
      ? { kind: 'upgrade' as const, plan: plan ?? currentTermsInForce(state, context).upgrade.plan }
      : { kind: 'downgrade' as const, plan };
  const issued = issueCommand(state, { ...act, occurredAt, key, by, note, at: context.now });
  const next = event === 'downgraded' ? backOnFreePlan(issued, plan) : issued;
  return { state: next, answer: { outcome: 'applied', command: next.account.lastCommand } };
}

import { closeWithdrawnGrant } from '../allowance/grant-draw.ts';
import { bringUpToDate } from './bring-up-to-date.ts';
import type { Act, Command } from './command.ts';
import type { DecisionContext } from './context.ts';
import { entitlementInForce } from './entitlement.ts';
import { issueCommand } from './issue-command.ts';
import type { Modifier } from './modifier.ts';
import type { AccountState } from './state.ts';

/** A grant or an override that a person asks for, under a key of its own. */
export type ModifierAct = Extract<Act, { kind: 'grant' | 'override' }> & Pick<Command, 'key' | 'by' | 'note'>;

/** They stand in the account's row, so that it reads in one piece: a bound keeps it small. */
const mostModifiers = 50;

/** Puts a grant or an override in force. Null: there are as many as there may be. */
export function modify(
  before: AccountState,
  act: ModifierAct,
  context: DecisionContext,
): AccountState | null {
  const state = bringUpToDate(before, context);
  const modifiers = entitlementInForce(state).modifiers ?? [];
  const lasting = modifiers.filter(({ until }) => until === null || until > context.now);
  return lasting.length >= mostModifiers ? null : issueCommand(state, { ...act, at: context.now });
}

export type Withdrawal = Pick<Command, 'by' | 'note'> & { readonly modifierId: Modifier['id'] };

/** Ends a grant or an override before its time. What a grant gave to the running period stays given. Null: no such one is left. */
export function withdraw(
  before: AccountState,
  { modifierId, by, note }: Withdrawal,
  context: DecisionContext,
): AccountState | null {
  const state = bringUpToDate(before, context);
  const modifier = entitlementInForce(state).modifiers?.find(({ id }) => id === modifierId);
  if (modifier === undefined || (modifier.until !== null && modifier.until <= context.now)) return null;
  const closed = modifier.kind === 'grant' ? closeWithdrawnGrant(state, modifier, context) : state;
  return issueCommand(closed, {
    kind: 'withdraw',
    modifierId,
    key: `withdraw-${modifierId}`,
    by,
    note,
    at: context.now,
  });
}

import type { Decided } from '../allowance/admission.ts';
import type { Instant } from '../instant.ts';
import { noMoney } from '../money.ts';
import type { Command } from './command.ts';
import type { DecisionContext } from './context.ts';
import { modify } from './modify.ts';
import type { AccountState } from './state.ts';

/** Extra sessions for a while, as a person gives them by a signal. */
export type Extension = Pick<Command, 'key' | 'by' | 'note'> & {
  readonly sessions: number;
  readonly until: Instant;
};

export type NotExtended = { readonly outcome: 'unchanged'; readonly reason: 'over' | 'too_many' };
export type ExtensionAnswer = { readonly outcome: 'extended' } | NotExtended;

const usualPriority = 100;

/** An extension is a grant of sessions from now on. */
export function decideExtension(
  before: AccountState,
  { sessions, until, key, by, note }: Extension,
  context: DecisionContext,
): Decided<ExtensionAnswer> {
  const unchanged = (reason: NotExtended['reason']): Decided<ExtensionAnswer> => ({
    state: before,
    answer: { outcome: 'unchanged', reason },
  });
  if (until <= context.now) return unchanged('over');
  const grant = { kind: 'grant' as const, sessions, spend: noMoney, from: context.now, until };
  const state = modify(before, { ...grant, priority: usualPriority, key, by, note }, context);
  return state === null ? unchanged('too_many') : { state, answer: { outcome: 'extended' } };
}

import { v7 as uuid } from 'uuid';
import { currentPeriod } from '../domain/account/change.ts';
import type { DecisionContext } from '../domain/account/context.ts';
import { entitlementInForce } from '../domain/account/entitlement.ts';
import { type ModifierAct, modify } from '../domain/account/modify.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { LoadedAccount } from '../ledger/account-snapshot.ts';
import type { Decision } from '../ledger/decision.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { AccountKey } from '../ledger/totals.ts';
import { transact } from '../ledger/transact.ts';
import { refuseContradiction } from './contradicting-limits.ts';
import { limitsToApi } from './contract/limits.ts';
import { modifierToApi } from './contract/modifier.ts';
import { type Keyed, replayed } from './idempotency.ts';
import { Problem, inBody } from './problems/problem.ts';
import type { Reply } from './reply.ts';

/** The grant or override as it would be made at an instant. */
type ActAt = (now: Instant, key: string) => ModifierAct;

export const unknownUser = (): Problem => new Problem('not-found', 'user: this app has no such user');

/** The window in which it is in force: from now on where the request says nothing, and never from the past. */
export function windowOf(
  body: { readonly from?: Instant | undefined; readonly until: Instant | null },
  now: Instant,
): { readonly from: Instant; readonly until: Instant | null } {
  const from = instant(Math.max(now, body.from ?? now));
  if (body.until !== null && body.until <= from) {
    throw inBody('impossible-time', 'until', 'must lie in the future, after from');
  }
  return { from, until: body.until };
}

function decideModifier(
  loaded: LoadedAccount,
  context: DecisionContext,
  act: ModifierAct,
  keyed: Keyed | null,
): Decision<Reply> {
  const before = replayed(loaded.answers, keyed);
  if (before !== null) return { state: loaded.state, answer: before };
  if (loaded.state.account.version === 0) throw unknownUser();
  const state = modify(loaded.state, act, context);
  const modifier = entitlementInForce(state ?? loaded.state).modifiers?.find(({ id }) => id === act.key);
  if (state === null || modifier === undefined) {
    throw new Problem('too-many-modifiers', 'Withdraw some of those listed by GET /v1/users/{user}/limits.');
  }
  if (act.kind === 'override') refuseContradiction(act, state, context);
  const body = { ...modifierToApi(modifier, currentPeriod(state)), ...limitsToApi(state, context) };
  return {
    state,
    answer: { status: 201, body },
    remember: keyed === null ? null : { ...keyed, status: 201, body },
  };
}

/** Puts a grant or an override in force: a command of the ledger, which the workflow hears of afterwards. */
export async function putModifier(
  ledger: Ledger,
  account: AccountKey,
  kind: ModifierAct['kind'],
  keyed: Keyed | null,
  actAt: ActAt,
): Promise<Reply> {
  const key = `${kind}_${uuid()}`;
  const done = await transact(
    ledger,
    keyed === null ? account : { ...account, idempotencyKey: keyed.key },
    (loaded, context) => decideModifier(loaded, context, actAt(context.now, key), keyed),
  );
  if (done === null) throw unknownUser();
  return done.answer;
}

import type { DecisionContext } from '../domain/account/context.ts';
import { type Address, type LoadedAccount, lookupOf, policiesOf } from './account-snapshot.ts';
import type { Decide, Settled, Transacted, TransactOptions } from './decision.ts';
import { freshIds } from './fresh-ids.ts';
import type { Ledger } from './ledger.ts';
import { currentTraceparent } from '../tracing/spans.ts';
import { loadAccounts } from './load-accounts.ts';

/** Looks at an account as it stands now, always in the ledger itself, and writes nothing. Null: no such app or session. */
export async function consult<Answer>(
  ledger: Ledger,
  address: Address,
  look: (loaded: LoadedAccount, context: DecisionContext) => Answer,
): Promise<Answer | null> {
  const { accounts } = await loadAccounts(ledger.pool, [lookupOf(address.appId, address.userId, [address])]);
  const [loaded] = accounts;
  if (loaded === null || loaded === undefined) return null;
  await ledger.policies.fetch(policiesOf(loaded));
  return look(loaded, {
    now: loaded.now,
    policyVersion: loaded.policyVersion,
    policyOf: ledger.policies.read,
    fresh: freshIds(),
  });
}

/**
 * Read, decide, commit: every write to an account goes this way. A commit that stood on something old changes nothing and
 * the decision is made again on what stands now. Null: no such app or session.
 * @throws AccountBusy when even the locked attempts missed, or too many requests wait.
 */
export function transact<Answer>(
  ledger: Ledger,
  address: Address,
  decide: Decide<Answer>,
  options: TransactOptions = {},
): Promise<Transacted<Answer> | null> {
  const asked = { address, decide, options, traceparent: currentTraceparent() };
  return new Promise((resolve, reject) => {
    ledger.queue.ask(asked, (outcome) => {
      if (outcome.status === 'fulfilled') resolve(outcome.value as Transacted<Answer> | null);
      else reject(outcome.reason);
    });
  });
}

/** What one of many asks for. */
export type Asking<Answer> = { readonly address: Address; readonly decide: Decide<Answer> };

/**
 * The same of many at once, each settled in its place; nothing is thrown. One promise for all of them: whatever waits as
 * long as a batch does, the garbage collector copies (docs/decisions/0020).
 */
export function transactAll<Answer>(
  ledger: Ledger,
  all: readonly Asking<Answer>[],
  options: TransactOptions,
): Promise<readonly Settled<Answer>[]> {
  const traceparent = currentTraceparent();
  return new Promise((resolve) => {
    const settled = Array.from<Settled<Answer>>({ length: all.length });
    let left = all.length;
    if (left === 0) resolve(settled);
    for (const [index, { address, decide }] of all.entries()) {
      ledger.queue.ask({ address, decide, options, traceparent }, (outcome) => {
        settled[index] = outcome as Settled<Answer>;
        left -= 1;
        if (left === 0) resolve(settled);
      });
    }
  });
}

import { askInTime } from '../ledger/ask-in-time.ts';
import { pendingMigrations } from '../ledger/migrate.ts';
import type { Queryable } from '../ledger/pool.ts';
import { type Temporal, namespaceId } from './temporal.ts';

const temporalWithinMs = 800;
const ledgerWithinMs = 1_000;

async function faultOfLedger(db: Queryable): Promise<string | null> {
  const pending = await askInTime(pendingMigrations(db), ledgerWithinMs);
  if (pending === null) return 'the ledger does not answer';
  return pending.length === 0 ? null : `migrations are missing: ${pending.join(', ')}`;
}

const faultOfTemporal = (temporal: Temporal): Promise<string | null> =>
  namespaceId(temporal, temporalWithinMs).then(
    () => null,
    () => 'Temporal does not answer',
  );

/** Whether a worker can do its work. */
export class Readiness {
  readonly #db: Queryable;
  #temporal: Temporal | null = null;
  #isStopping = false;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** From now on it works on what this Temporal has. */
  works(temporal: Temporal): void {
    this.#temporal = temporal;
  }

  stops(): void {
    this.#isStopping = true;
  }

  /** Why it cannot work now, null where it can. */
  async fault(): Promise<string | null> {
    if (this.#isStopping) return 'it is stopping';
    const ledger = faultOfLedger(this.#db);
    const temporal =
      this.#temporal === null ? 'it waits for Temporal' : await faultOfTemporal(this.#temporal);
    return (await ledger) ?? temporal;
  }
}

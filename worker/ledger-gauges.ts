import { Gauge, type Registry } from 'prom-client';
import { askInTime, sharedLook } from '../ledger/ask-in-time.ts';
import { operationalState } from '../ledger/operational-state.ts';
import { outboxState } from '../ledger/outbox.ts';
import type { Queryable } from '../ledger/pool.ts';
import { lastReconciliation } from '../ledger/reconciliations.ts';

function gaugesOfOutbox(db: Queryable, registers: Registry[]): void {
  const collect = sharedLook(async () => {
    const state = await askInTime(outboxState(db));
    up.set(state === null ? 0 : 1);
    if (state === null) {
      accounts.reset();
      oldest.remove();
      return;
    }
    accounts.set({ state: 'outstanding' }, state.outstanding);
    accounts.set({ state: 'set_aside' }, state.setAside);
    oldest.set(state.oldestSeconds);
  });
  const accounts = new Gauge({
    name: 'stipend_outbox_accounts',
    help: 'Accounts with something to tell their workflow: outstanding, or set aside after a refusal (alarm above 0).',
    labelNames: ['state'],
    registers,
    collect,
  });
  const oldest = new Gauge({
    name: 'stipend_outbox_oldest_seconds',
    help: 'Age of the oldest thing told and not acknowledged.',
    registers,
    collect,
  });
  const up = new Gauge({
    name: 'stipend_ledger_up',
    help: 'Whether Postgres answered this process when it was asked for these metrics.',
    registers,
    collect,
  });
}

function gaugesOfReconciler(db: Queryable, registers: Registry[]): void {
  const collect = sharedLook(async () => {
    const last = await askInTime(lastReconciliation(db));
    if (last === null) {
      accounts.reset();
      age.remove();
      return;
    }
    const { ageSeconds, ...counts } = last;
    for (const [verdict, count] of Object.entries(counts)) accounts.set({ verdict }, count);
    age.set(ageSeconds);
  });
  const accounts = new Gauge({
    name: 'stipend_reconciled_accounts',
    help: 'What the last finished look at every workflow found: accounts, and those mended, by what was wrong.',
    labelNames: ['verdict'],
    registers,
    collect,
  });
  const age = new Gauge({
    name: 'stipend_reconciled_age_seconds',
    help: 'How long ago that look was finished; it is made every hour.',
    registers,
    collect,
  });
}

function gaugesOfWaiting(db: Queryable, registers: Registry[]): void {
  const collect = sharedLook(async () => {
    const state = await askInTime(operationalState(db));
    if (state === null) {
      pending.remove();
      oldest.remove();
      reviews.reset();
      return;
    }
    pending.set(state.deliveries.pending);
    oldest.set(state.deliveries.oldestDueSeconds);
    reviews.set({ state: 'open' }, state.reviews.open);
    reviews.set({ state: 'overdue' }, state.reviews.overdue);
  });
  const pending = new Gauge({
    name: 'stipend_deliveries_pending',
    help: 'Messages that have not arrived and are not given up.',
    registers,
    collect,
  });
  const oldest = new Gauge({
    name: 'stipend_deliveries_oldest_due_seconds',
    help: 'For how long the oldest message has been due; those of endpoints that are left alone apart.',
    registers,
    collect,
  });
  const reviews = new Gauge({
    name: 'stipend_reviews',
    help: 'Reviews that wait for a person, and those of them that are overdue.',
    labelNames: ['state'],
    registers,
    collect,
  });
}

/** What the ledger knows, asked for at each scrape; left out while it does not answer. */
export function gaugesOfLedger(db: Queryable, registers: Registry[]): void {
  gaugesOfOutbox(db, registers);
  gaugesOfReconciler(db, registers);
  gaugesOfWaiting(db, registers);
}

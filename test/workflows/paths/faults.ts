import { setTimeout as delay } from 'node:timers/promises';
import { appId, userId } from '../../../domain/ids.ts';
import { newEpoch, remindAccounts } from '../../../ledger/rebuild.ts';
import { readTotals } from '../../../ledger/totals.ts';
import type { Life, Path } from './life.ts';

const account = ({ app }: Life) => ({ appId: appId(app.id), userId: userId('ada') });
const totalsOf = async (life: Life) => (await readTotals(life.product.database.ledger, [account(life)]))[0];

/** What goes wrong around a workflow. */
export const faultPaths: readonly Path[] = [
  {
    name: 'totals-twice-late-and-out-of-order',
    shows: 'repeated and older totals change nothing',
    play: async (life) => {
      await life.sessions(1);
      const early = await totalsOf(life);
      await life.sessions(6);
      const newest = await totalsOf(life);
      await life.signal('totals', newest);
      await life.signal('totals', early);
      await life.signal('totals', newest);
      await life.sessions(1);
    },
  },
  {
    name: 'worker-gone-midway',
    shows: 'a worker goes and another goes on: what is cached is lost, nothing else',
    play: async (life) => {
      await life.sessions(6);
      await life.product.stopWorker();
      const session = await life.ask();
      await life.use(session);
      await life.end(session);
      await life.product.startWorker();
      await life.settled();
      await life.sessions(1);
    },
  },
  {
    name: 'ledger-fails-and-heals',
    shows: 'an activity fails for longer than it is tried in place, and is done once the ledger is back',
    play: async (life) => {
      await life.sessions(6);
      await life.query('alter table notices rename to notices_away');
      const session = await life.ask();
      await life.use(session);
      await life.end(session);
      // Longer than a local activity is tried again in place: the workflow goes on trying by a timer.
      await delay(15_000);
      await life.query('alter table notices_away rename to notices');
      await life.until(({ periods }) => periods.at(-1)?.crossings[0]?.decided === 'delivered');
    },
  },
  {
    name: 'account-unknown-to-the-ledger',
    shows: 'the ledger has lost the account: the workflow ends and says so',
    play: async (life) => {
      await life.sessions(1);
      const { id } = life.app;
      for (const table of ['outbox', 'usage_events', 'sessions', 'periods', 'accounts'])
        await life.query(`delete from ${table} where app_id = '${id}'`);
      await life.signal('approve', { by: 'maya' });
      await life.isOver();
    },
  },
  {
    name: 'told-again-under-a-newer-epoch',
    shows: 'rebuilt while it lives: the ledger’s word replaces its own whole, and the next run begins',
    play: async (life) => {
      await life.sessions(7);
      const { pool } = life.product.database.ledger;
      await remindAccounts(pool, [account(life)], await newEpoch(pool));
      await life.settled();
      await life.sessions(2);
    },
    run: 'first',
  },
  {
    name: 'terminated-and-built-anew',
    shows: 'ended by hand: a workflow that knows only what the ledger knows',
    play: async (life) => {
      await life.sessions(7);
      await life.workflow.terminate('by a hand that slipped');
      await life.sessions(2);
    },
  },
  {
    name: 'a-crowd-of-signals',
    shows: 'two hundred words of people in a moment, in order',
    play: async (life) => {
      await life.sessions(1);
      await Promise.all(Array.from({ length: 200 }, (_, n) => life.signal('approve', { by: `person ${n}` })));
      await life.until(({ acts, actsTaken }) => actsTaken === 200 && acts.length === 0);
    },
  },
];

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { instant } from '../../domain/instant.ts';
import { type AppId, userId } from '../../domain/ids.ts';
import { randomFrom } from '../../examples/demo/random.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { checkInvariants } from '../../ledger/invariants.ts';
import { raiseTestClock, readTestClock } from '../../ledger/test-clock.ts';
import { oddPolicy } from '../properties/policies.ts';
import { chosenSeed, report } from '../properties/seed.ts';
import { type TestDatabase, createTestDatabase } from '../setup/database.ts';
import { type Process, startProcess } from '../setup/process.ts';
import { operate } from './operate.ts';
import { activate } from './terms-acts.ts';
import type { Told, Traffic } from './traffic.ts';

const operationsWanted = Number(process.env['STIPEND_LEDGER_OPERATIONS'] ?? 20_000);
/** How many accounts each process remembers: all, half, few, none. */
const remembered = [20_000, 500, 20, 0];
const callersAtOnce = 40;
const accounts = 1_000;

let database: TestDatabase;
let app: AppId;
let key: string;
let processes: Process[];

beforeAll(async () => {
  database = await createTestDatabase();
  app = await database.createApp('traffic', { policy: oddPolicy });
  const issued = await issueApiKey(database.ledger.pool, { appId: app, mode: 'sandbox', scopes: ['app'] });
  key = issued.secret;
  processes = await Promise.all(
    remembered.map((accountsKept) => startProcess(database.url, key, { remembered: accountsKept })),
  );
});
afterAll(async () => {
  await Promise.all(processes.map(({ stop }) => stop()));
  await database.drop();
});

test(
  `${operationsWanted} operations of ${remembered.length} processes at once keep every promise of the ledger`,
  { timeout: 600_000 },
  async () => {
    const seed = chosenSeed();
    const random = randomFrom(seed);
    report(`ledger: STIPEND_SEED=${seed}`);
    const { pool } = database.ledger;
    const told: Told = {
      sessions: [],
      events: new Map(),
      authorized: [],
      keyed: new Map(),
      busy: 0,
      operations: 0,
    };
    const users = Array.from({ length: accounts }, (_, n) => userId(`user-${n}`));
    const traffic: Traffic = { app, key, users, processes, random, told };
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();

    /** The clock jumps while decisions are under way: minutes mostly, now and then past a day or a month. */
    const jumpClock = async () => {
      while (told.operations < operationsWanted) {
        await delay(500);
        const now = (await readTestClock(pool, app)) ?? 0;
        const days = random.below(30) === 0 ? random.below(40) : random.below(4) === 0 ? 1 : 0;
        await raiseTestClock(pool, app, instant(now + days * 86_400_000 + random.below(45 * 60_000)), null);
      }
    };
    /** So does the policy, for the periods that open next or for those that run. */
    const changePolicy = async () => {
      while (told.operations < operationsWanted) {
        await delay(2_000);
        await activate(traffic, processes[0] as Process);
      }
    };
    const caller = async () => {
      while (told.operations < operationsWanted) await operate(traffic);
    };
    await Promise.all([jumpClock(), changePolicy(), ...Array.from({ length: callersAtOnce }, caller)]);

    const seconds = (performance.now() - startedAt) / 1_000;
    const cpu = process.cpuUsage(cpuBefore);
    const busySeconds = (cpu.user + cpu.system) / 1_000_000;
    report(
      `ledger: ${told.operations} operations in ${seconds.toFixed(1)} s (${busySeconds.toFixed(1)} s of one core), ${told.sessions.length} sessions, ` +
        `${told.events.size} calls, ${told.busy} told to come again, STIPEND_SEED=${seed}`,
    );
    await pool.query('analyze');
    const checked = await checkInvariants(pool, app, ['always']);
    expect(checked.filter(({ breaches }) => breaches > 0)).toEqual([]);

    const stored = await pool.query<{ session_id: string; user_id: string }>(
      'select session_id, user_id from sessions where app_id = $1',
      [app],
    );
    const owners = new Map(stored.rows.map((row) => [row.session_id, row.user_id]));
    for (const { id, user } of told.sessions) expect(owners.get(id), `session ${id}`).toBe(user);

    const events = await pool.query<{ event_id: string; session_id: string; cost: number }>(
      'select event_id, session_id, cost_micro_usd as cost from usage_events where app_id = $1',
      [app],
    );
    const counted = new Map(events.rows.map((row) => [row.event_id, row]));
    for (const [id, { session, event }] of told.events) {
      expect(counted.get(id), `event ${id}`).toMatchObject({
        session_id: session,
        cost: Math.round(event.cost_usd * 1_000_000),
      });
    }
    expect(told.operations).toBeGreaterThanOrEqual(operationsWanted);
    // A run in which nearly everybody is turned away proves little.
    expect(told.busy).toBeLessThan(operationsWanted / 20);
    expect(told.sessions.length).toBeGreaterThan(operationsWanted / 20);
  },
);

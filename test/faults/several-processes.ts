import type { PolicyDocument } from '../../domain/policy/document.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { checkInvariants } from '../../ledger/invariants.ts';
import { type TestDatabase, createTestDatabase } from '../setup/database.ts';
import { type Process, startProcess } from '../setup/process.ts';
import { policyWith } from '../domain/an-account.ts';

/** A product of several processes over one database, and what its ledger says. */
export type Stage = {
  readonly database: TestDatabase;
  readonly processes: Process[];
  /** Another process, with nothing in its caches. */
  readonly start: () => Promise<Process>;
  readonly query: <Row extends object>(text: string) => Promise<Row[]>;
  /** Names of the promises that the ledger breaks: none. */
  readonly broken: () => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
};

const app = 'fault';

/** Limits that only the dimension under test reaches. */
export const roomy = policyWith((plan) => ({
  ...plan,
  sessions: { per_day: null, per_month: 10_000, concurrent: 100, idle_timeout: 'PT30M' },
  budget: { per_month: 1_000, buffer: '0%', per_session: 5, per_day: null },
  probation: null,
}));

export async function setStage(count: number, policy: PolicyDocument = roomy): Promise<Stage> {
  const database = await createTestDatabase();
  const id = await database.createApp(app, { policy });
  const issued = await issueApiKey(database.ledger.pool, { appId: id, mode: 'sandbox', scopes: ['app'] });
  const processes: Process[] = [];
  const start = async () => {
    const started = await startProcess(database.url, issued.secret);
    processes.push(started);
    return started;
  };
  for (let n = 0; n < count; n += 1) await start();
  return {
    database,
    processes,
    start,
    query: async <Row extends object>(text: string) => (await database.ledger.pool.query<Row>(text)).rows,
    broken: async () => {
      const checked = await checkInvariants(database.ledger.pool, app, ['always']);
      return checked.filter(({ breaches }) => breaches > 0).map(({ name }) => name);
    },
    stop: async () => {
      await Promise.all(processes.map((one) => one.stop()));
      await database.drop();
    },
  };
}

export const times = <Item>(count: number, make: (n: number) => Promise<Item>): Promise<Item[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)));

/** A session of a user, asked for until the ledger has a moment. */
export async function session(of: Process, user: string): Promise<string> {
  const { status, body } = await of.call('POST', `/v1/users/${user}/sessions`, { confirmed: true });
  if (status !== 201) throw new Error(`${user} was answered ${status}: ${JSON.stringify(body)}`);
  return body.session.id as string;
}

/** Sends one event until it is acknowledged, as a client does that is told to come again. */
export async function use(of: Process, id: string, event: { id: string; cost_usd: number }): Promise<number> {
  for (let tried = 1; ; tried += 1) {
    const { status } = await of.call('POST', `/v1/sessions/${id}/usage`, event);
    if (status < 500 || tried === 10) return status;
  }
}

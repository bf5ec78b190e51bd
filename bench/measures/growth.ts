import { type Bench, atLeast, atMost, compare, rowOf } from '../context.ts';
import type { Spread } from '../load/plan.ts';
import { type Side, medianOf } from '../pairs.ts';
import type { Row, Table } from '../result.ts';
import { type Stipend, startStipend } from '../stipend.ts';
import { figure } from '../table.ts';
import { verifyLedger } from '../verify.ts';
import { type StipendBench, figuresOf } from './sides.ts';

const connections = 16;
const few = 1_000;
const prefix = 'grown-';
const seededAtOnce = 100_000;

/** So many registered accounts, as autovacuum would leave them. */
export async function seedAccounts(
  stipend: Stipend,
  accounts: number,
  say: (line: string) => void,
): Promise<void> {
  for (let from = 0; from < accounts; from += seededAtOnce) {
    await stipend.addAccounts('roomy-fast', prefix, from, Math.min(accounts, from + seededAtOnce));
    say(`growth: ${figure(Math.min(accounts, from + seededAtOnce))} of ${figure(accounts)} accounts`);
  }
  await stipend.db.query('vacuum (analyze)');
  await stipend.db.query('checkpoint');
}

type Blocks = { readonly touched: number };

async function blocksTouched({ db }: Stipend): Promise<Blocks> {
  const { rows } = await db.query<{ touched: number }>(
    `select coalesce(sum(shared_blks_hit + shared_blks_read), 0)::float8 as touched from pg_stat_statements
     where dbid = (select oid from pg_database where datname = current_database()) and query ilike 'with %'`,
  );
  return { touched: rows[0]?.touched ?? 0 };
}

/** Whose visits, drawn from so many accounts at most, and how many calls each makes. */
type Draw = {
  readonly name: string;
  readonly most: number;
  readonly spread: Spread;
  readonly calls: number;
};

type Visits = Pick<Draw, 'spread' | 'calls'> & { readonly connections: number; readonly accounts: number };

/** A visit is a session that starts and ends: an account is as small after it as before. */
export function visitSide(
  { stipend, generator, seconds }: StipendBench,
  { accounts, spread, calls, connections: at }: Visits,
  onWarm: () => Promise<void> = async () => {},
): Side {
  return {
    name: `${accounts} accounts`,
    leg: async (number) => {
      const plan = {
        port: stipend.server.port,
        key: stipend.key,
        connections: at,
        pace: { kind: 'closed' } as const,
        traffic: { kind: 'visit', prefix, count: accounts, spread, calls } as const,
      };
      await generator.run({ ...plan, seconds: 2, seed: 1_000 + number });
      await onWarm();
      const before = await blocksTouched(stipend);
      const result = await generator.run({ ...plan, seconds, seed: number });
      const after = await blocksTouched(stipend);
      await verifyLedger(stipend.db);
      return { ...figuresOf(result), blocks: (after.touched - before.touched) / result.done };
    },
  };
}

export async function measureGrowth(bench: Bench): Promise<Table> {
  const { accounts } = bench.options;
  const small = await startStipend(bench.postgres, { database: 'small' });
  const large = await startStipend(bench.postgres, { database: 'large' });
  try {
    await seedAccounts(small, few, bench.say);
    await seedAccounts(large, accounts, bench.say);
    const { generator } = bench;
    const { seconds } = bench.options;
    const rows: Row[] = [];
    const draws: readonly Draw[] = [
      { name: 'the same users', most: few, spread: 'uniform', calls: 0 },
      { name: 'uniform', most: accounts, spread: 'uniform', calls: 0 },
      { name: 'uniform, three calls each', most: accounts, spread: 'uniform', calls: 3 },
      { name: 'zipf', most: accounts, spread: 'zipf', calls: 0 },
    ];
    for (const { name, most, spread, calls } of draws) {
      const visitsOf = (stipend: Stipend, all: number) =>
        visitSide(
          { stipend, generator, seconds },
          { accounts: Math.min(all, most), spread, calls, connections },
        );
      const pairs = await compare(bench, `growth, ${name}`, visitsOf(large, accounts), visitsOf(small, few));
      rows.push(
        rowOf(`visits/s, ${name}`, pairs, 'rps', '', atLeast(0.85)),
        rowOf(`p99, ${name}`, pairs, 'p99', ' ms', atMost(1.5)),
        {
          ...rowOf(`blocks a visit, ${name}`, pairs, 'blocks', '', null),
          ours: figure(medianOf(pairs, 'ours', 'blocks')),
        },
      );
    }
    return {
      title: `From ${figure(few)} to ${figure(accounts)} accounts`,
      columns: [`${figure(accounts)} accounts`, `${figure(few)} accounts`],
      rows,
      notes: [
        'A visit is one session started and ended. The same users: the first thousand of either database, so that only its size differs. Uniform: almost every visit of the large database is the first of its account in this process, and so costs a read more; with three calls in each session that read is one statement in six and not in three. Zipf: s = 1, as real use is.',
      ],
    };
  } finally {
    await small.stop();
    await large.stop();
  }
}

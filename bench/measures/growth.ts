import { type Bench, atLeast, atMost, compare, rowOf } from '../context.ts';
import type { LoadPlan, Spread } from '../load/plan.ts';
import { type Side, medianOf } from '../pairs.ts';
import type { Row, Table } from '../result.ts';
import { type Stipend, startForgetful, startStipend } from '../stipend.ts';
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
  /** Visits made before the first leg, by which a process has come to know whom it will see again. */
  readonly before?: number;
  /** By processes that remember nobody, on both sides. */
  readonly isForgetful?: boolean;
  /** Not a figure of growth: the processes of the two sides do not know as many of their users. */
  readonly isAside?: boolean;
};

const draws = (accounts: number): readonly Draw[] => [
  { name: 'the same users', most: few, spread: 'uniform', calls: 0 },
  { name: 'zipf', most: accounts, spread: 'zipf', calls: 0, before: 60_000 },
  { name: 'strangers', most: accounts, spread: 'uniform', calls: 0, isForgetful: true },
  { name: 'strangers ÷ known users', most: accounts, spread: 'uniform', calls: 0, isAside: true },
];

type Visits = Pick<Draw, 'spread' | 'calls'> & { readonly connections: number; readonly accounts: number };

const planOf = (
  { server, key }: Stipend,
  { accounts: count, spread, calls, connections: at }: Visits,
): Omit<LoadPlan, 'seconds' | 'seed'> => ({
  port: server.port,
  key,
  connections: at,
  pace: { kind: 'closed' },
  traffic: { kind: 'visit', prefix, count, spread, calls },
});

/** A visit is a session that starts and ends: an account is as small after it as before. */
export function visitSide(
  { stipend, generator, seconds }: StipendBench,
  visits: Visits,
  onWarm: () => Promise<void> = async () => {},
): Side {
  return {
    name: `${visits.accounts} accounts`,
    leg: async (number) => {
      const plan = planOf(stipend, visits);
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

/** Visits without a measure, until a process has made so many. */
async function visitBefore(
  { stipend, generator }: StipendBench,
  visits: Visits,
  wanted: number,
): Promise<void> {
  const plan = planOf(stipend, { ...visits, connections: 64 });
  for (let done = 0, seed = 2_001; done < wanted; seed += 1)
    done += (await generator.run({ ...plan, seconds: 5, seed })).done;
}

type Sizes = { readonly large: Stipend; readonly small: Stipend };

async function rowsOf(bench: Bench, { large, small }: Sizes, draw: Draw): Promise<readonly Row[]> {
  const { name, most, before = 0, isAside } = draw;
  const { accounts, seconds } = bench.options;
  const visitsOf = async (stipend: Stipend, all: number): Promise<Side> => {
    const benched = { stipend, generator: bench.generator, seconds };
    const visits = { ...draw, accounts: Math.min(all, most), connections };
    await visitBefore(benched, visits, before);
    return visitSide(benched, visits);
  };
  const pairs = await compare(
    bench,
    `growth, ${name}`,
    await visitsOf(large, accounts),
    await visitsOf(small, few),
  );
  return [
    rowOf(`visits/s, ${name}`, pairs, 'rps', '', isAside === true ? null : atLeast(0.85)),
    rowOf(`p99, ${name}`, pairs, 'p99', ' ms', isAside === true ? null : atMost(1.5)),
    {
      ...rowOf(`blocks a visit, ${name}`, pairs, 'blocks', '', null),
      ours: figure(medianOf(pairs, 'ours', 'blocks')),
    },
  ];
}

export async function measureGrowth(bench: Bench): Promise<Table> {
  const { accounts } = bench.options;
  const started: Stipend[] = [];
  const start = async (stipend: Promise<Stipend>): Promise<Stipend> => {
    started.unshift(await stipend);
    return stipend;
  };
  try {
    const small = await start(startStipend(bench.postgres, { database: 'small' }));
    const large = await start(startStipend(bench.postgres, { database: 'large' }));
    await seedAccounts(small, few, bench.say);
    await seedAccounts(large, accounts, bench.say);
    const forgetful = {
      small: await start(startForgetful(bench.postgres, small)),
      large: await start(startForgetful(bench.postgres, large)),
    };
    const rows: Row[] = [];
    for (const draw of draws(accounts))
      rows.push(...(await rowsOf(bench, draw.isForgetful === true ? forgetful : { small, large }, draw)));
    return {
      title: `From ${figure(few)} to ${figure(accounts)} accounts`,
      columns: [`${figure(accounts)} accounts`, `${figure(few)} accounts`],
      rows,
      notes: [
        'A visit is one session started and ended. The same users: the first thousand of either database, so that only its size differs. Zipf: s = 1, as real use is, after 60,000 visits of the same kind; the thousand are all remembered by then, of the million those who come often. Strangers: drawn evenly, by processes that remember nobody, so that on both sides every request reads its account first.',
        'Strangers ÷ known users is what that read costs and no figure of growth: in the large database nearly every visit is the first of its account in its process, in the small one none is.',
      ],
    };
  } finally {
    for (const stipend of started) await stipend.stop();
  }
}

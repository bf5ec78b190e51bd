import { type Bench, atLeast, compare, rowOf } from '../context.ts';
import type { LoadPlan, Spread } from '../load/plan.ts';
import type { Side } from '../pairs.ts';
import { findPgbench, pgbenchMissing, runPgbenchScript } from '../pgbench.ts';
import type { Row, Table } from '../result.ts';
import { verifyBaseline, verifyLedger } from '../verify.ts';
import { figuresOf, newPrefix } from './sides.ts';

const connections = 64;
/** Enough for a leg in which each is the hot one for 200 requests. */
const usersInTurn = 5_000;

const planOf = (
  bench: Bench,
  target: Pick<LoadPlan, 'port' | 'key' | 'traffic'>,
  seed: number,
): LoadPlan => ({
  ...target,
  connections,
  seconds: bench.options.seconds,
  pace: { kind: 'closed' },
  seed,
});

const startOnStipend = (prefix: string, count: number, spread: Spread) =>
  ({ kind: 'start', before: '/v1/users/', after: '/sessions', prefix, count, spread }) as const;

function stipendAdmits(bench: Bench): Side {
  const { generator, stipend } = bench;
  return {
    name: 'Stipend',
    leg: async (number) => {
      const prefix = newPrefix();
      await stipend.addAccounts('roomy-fast', prefix, 0, usersInTurn);
      await stipend.db.query('analyze');
      const traffic = startOnStipend(prefix, usersInTurn, 'one-hot');
      const target = { port: stipend.server.port, key: stipend.key, traffic };
      const result = await generator.run(planOf(bench, target, number));
      await verifyLedger(stipend.db);
      return figuresOf(result);
    },
  };
}

function stipendRefuses(bench: Bench): Side {
  const { generator, stipend } = bench;
  return {
    name: 'refusals',
    leg: async (number) => {
      const prefix = newPrefix();
      await stipend.addAccounts('short-fast', prefix, 0, 1);
      const traffic = startOnStipend(prefix, 1, 'uniform');
      const plan = planOf(bench, { port: stipend.server.port, key: stipend.key, traffic }, number);
      // Past the 255 attempts that a day counts.
      await generator.run({ ...plan, seconds: 1 });
      const result = await generator.run(plan);
      await verifyLedger(stipend.db);
      return figuresOf(result);
    },
  };
}

function baselineAdmits(bench: Bench): Side {
  const { generator, baseline } = bench;
  return {
    name: 'baseline',
    leg: async (number) => {
      const prefix = newPrefix();
      await baseline.addUsers(prefix, 0, usersInTurn, 1_000_000);
      await baseline.db.query('analyze');
      const result = await generator.run(
        planOf(
          bench,
          {
            port: baseline.server.port,
            key: null,
            traffic: {
              kind: 'start',
              before: '/users/',
              after: '/sessions',
              prefix,
              count: usersInTurn,
              spread: 'one-hot',
            },
          },
          number,
        ),
      );
      await verifyBaseline(baseline.db);
      return figuresOf(result);
    },
  };
}

/** What one row can do with no program around it: a counter moved by `update` alone. */
function rowByItself(bench: Bench, program: string): Side {
  const { baseline, postgres, options } = bench;
  return {
    name: 'pgbench',
    leg: async () => {
      await baseline.db.query(
        'create table if not exists one_row (id integer primary key, used bigint not null)',
      );
      await baseline.db.query('insert into one_row values (1, 0) on conflict (id) do update set used = 0');
      const result = await runPgbenchScript('update one_row set used = used + 1 where id = 1;', {
        program,
        url: postgres.url(baseline.database),
        clients: connections,
        seconds: options.seconds,
      });
      const { rows } = await baseline.db.query<{ used: string }>('select used from one_row where id = 1');
      if (Number(rows[0]?.used) !== result.transactions)
        throw new Error(`pgbench counted ${result.transactions} updates and the row ${rows[0]?.used}`);
      return { rps: result.perSecond };
    },
  };
}

async function againstOneRow(
  bench: Bench,
): Promise<{ readonly rows: readonly Row[]; readonly notes: readonly string[] }> {
  const program = findPgbench();
  if (program === null) return { rows: [], notes: [pgbenchMissing] };
  const pairs = await compare(
    bench,
    'one user and one row',
    stipendAdmits(bench),
    rowByItself(bench, program),
  );
  return { rows: [rowOf(`admissions/s ÷ pgbench's updates of one row`, pairs, 'rps', '', null)], notes: [] };
}

export async function measureHotUser(bench: Bench): Promise<Table> {
  const admitted = await compare(bench, 'one user', stipendAdmits(bench), baselineAdmits(bench));
  const refused = await compare(bench, 'refusals of one user', stipendRefuses(bench), stipendAdmits(bench));
  const oneRow = await againstOneRow(bench);
  return {
    title: `One user at a time, ${connections} connections`,
    columns: ['Stipend', 'compared with'],
    rows: [
      rowOf(`admissions/s ÷ baseline's`, admitted, 'rps', '', atLeast(0.8)),
      rowOf(`p99 ÷ baseline's`, admitted, 'p99', ' ms', null),
      ...oneRow.rows,
      rowOf('refusals/s ÷ admissions/s', refused, 'rps', '', atLeast(1)),
      rowOf('refusals, p99', refused, 'p99', ' ms', null),
    ],
    notes: [
      'All connections ask for one user; after 200 requests for the next, so that no account has more running sessions than a program could look at. The users are marked as restricted: the risk rule would flag such a pace.',
      ...oneRow.notes,
    ],
  };
}

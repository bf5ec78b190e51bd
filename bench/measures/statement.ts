import { commitStatement } from '../../ledger/commit-statement.ts';
import { copyAccounts } from '../accounts.ts';
import { type Bench, atLeast, compare, rowOf } from '../context.ts';
import { userName } from '../load/users.ts';
import { type CapturedCommit, isAdmissionOf, partsOfAdmission, pgbenchScript } from '../pgbench-script.ts';
import { findPgbench, pgbenchMissing, runPgbenchScript } from '../pgbench.ts';
import type { Side } from '../pairs.ts';
import type { Table } from '../result.ts';
import { type Stipend, startStipend } from '../stipend.ts';
import { startWireProxy } from '../wire/proxy.ts';
import { newPrefix, stipendSide } from './sides.ts';

const clients = 16;
const accountsPerClient = 600;
const title = 'The ledger statement alone';
const columns = ['Stipend, HTTP', 'pgbench -M prepared'] as const;
const captured = userName('captured-', 0);
/** The captured account as it stood before the captured admission. */
const template = 'as-it-stood';

async function start({ server, key }: Stipend, user: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/users/${user}/sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: '{}',
  });
  if (response.status !== 201) throw new Error(`capturing an admission: ${response.status}`);
  await response.text();
}

type Seen = readonly string[];

/** What the API really sends for one warm admission that crosses no threshold, read off the wire. */
async function capture(stipend: Stipend, seen: Seen[]): Promise<CapturedCommit> {
  await stipend.addAccounts('roomy', 'captured-', 0, 1);
  await start(stipend, captured);
  await copyAccounts(stipend.db, captured, { prefix: template, from: 0, to: 1 });
  seen.length = 0;
  await start(stipend, captured);
  const parameters = seen.find((each) => isAdmissionOf(captured, each));
  if (parameters !== undefined)
    return { statement: commitStatement(partsOfAdmission).text, parameters, user: captured };
  throw new Error('the API committed an admission in a way that the bench does not know');
}

function pgbenchSide(bench: Bench, stipend: Stipend, program: string, commit: CapturedCommit): Side {
  return {
    name: 'pgbench',
    leg: async () => {
      const prefix = newPrefix();
      await copyAccounts(stipend.db, userName(template, 0), {
        prefix,
        from: 0,
        to: clients * accountsPerClient,
      });
      await stipend.db.query('analyze');
      const script = pgbenchScript(commit, { prefix, accountsPerClient });
      const { perSecond, transactions } = await runPgbenchScript(script, {
        program,
        url: bench.postgres.url(stipend.database),
        clients,
        seconds: bench.options.seconds,
      });
      const { rows } = await stipend.db.query<{ made: number }>(
        'select count(*)::int as made from sessions where user_id like $1',
        [`${prefix}%`],
      );
      if (rows[0]?.made !== transactions)
        throw new Error(`pgbench ran ${transactions} admissions and ${rows[0]?.made} were made`);
      return { rps: perSecond };
    },
  };
}

export async function measureStatement(bench: Bench): Promise<Table> {
  const program = findPgbench();
  if (program === null) return { title, columns, rows: [], notes: [pgbenchMissing] };
  const seen: Seen[] = [];
  const proxy = await startWireProxy(bench.postgres.port, ({ parameters }) => {
    seen.push(parameters.map((parameter) => parameter ?? ''));
  });
  const stipend = await startStipend(bench.postgres, { database: 'statement', throughPort: proxy.port });
  try {
    const commit = await capture(stipend, seen);
    const leg = {
      connections: 64,
      seconds: bench.options.seconds,
      users: bench.options.users,
      exhaustedShare: 0,
    };
    const pairs = await compare(
      bench,
      'statement alone',
      stipendSide(bench.generator, bench.stipend, { ...leg, pace: { kind: 'closed' } }),
      pgbenchSide(bench, stipend, program, commit),
    );
    return {
      title,
      columns,
      rows: [rowOf('admissions/s', pairs, 'rps', '', atLeast(0.45))],
      notes: [
        `pgbench repeats the statement that the API sends for one warm admission, read off the wire, with ${clients} clients over ${clients * accountsPerClient} accounts, and every one of its transactions made a session. The API may put many admissions in one statement; pgbench cannot.`,
      ],
    };
  } finally {
    await stipend.stop();
    await proxy.stop();
  }
}

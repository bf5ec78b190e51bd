import { median } from '../bootstrap.ts';
import { figure } from '../table.ts';
import { legSeconds, p99sOf, quietLegs, runLeg, runLegs } from './legs.ts';
import { type LifeStack, appId, residentMb } from './stack.ts';
import type { Tenant } from './tenant.ts';

const rate = 100;

const idleApp = 'idle';
/** How many workflows are open where the worker's memory is looked at, before the last. */
const looks = [1_000, 10_000];
/** Sessions more of each of the first users, before the first look. */
const roundsOfFirst = 4;

type Looked = { readonly open: number; readonly memory: number };

/** Opens workflows step by step, all by a session of a user, and looks at the worker's memory after each step. */
async function openWorkflows(
  stack: LifeStack,
  tenant: Tenant,
  { prefix, before, steps }: { prefix: string; before: number; steps: readonly number[] },
  say: (line: string) => void,
): Promise<readonly Looked[]> {
  const looked: Looked[] = [];
  let open = before;
  for (const step of steps) {
    const these = `${prefix}${looked.length}-`;
    await tenant.addAccounts('roomy', these, step - open);
    await stack.db.query('analyze');
    await tenant.sessionsOfAll(these, step - open);
    await stack.settled();
    // What a worker takes before it has worked for a while says nothing of what it keeps.
    const rounds = looked.length === 0 && before === 0 ? roundsOfFirst : 0;
    for (let round = 0; round < rounds; round += 1) {
      await tenant.sessionsOfAll(these, step);
      await stack.settled();
    }
    open = step;
    looked.push({ open, memory: residentMb(stack.worker.pid) });
    say(`resets: ${open} workflows are open, worker ${looked.at(-1)?.memory} MB`);
  }
  return looked;
}

/**
 * The periods of so many accounts end at the same instant, while others are admitted. Before, as many more workflows are
 * opened as make `open`, in an app whose clock stands still.
 */
export async function measureResets(
  stack: LifeStack,
  { accounts, open }: { readonly accounts: number; readonly open: number },
  say: (line: string) => void,
): Promise<string> {
  const { db, worker, tenant } = stack;
  const memoryOfNone = residentMb(worker.pid);
  const emptyLedger = await ledgerBytes(stack);
  const emptyTemporal = stack.temporal.bytes();
  const resetting = { prefix: 'reset-', before: 0, steps: [...looks.filter((n) => n < accounts), accounts] };
  const looked = [...(await openWorkflows(stack, tenant, resetting, say))];
  const idle = {
    ledger: Math.round(((await ledgerBytes(stack)) - emptyLedger) / accounts),
    temporal: Math.round((stack.temporal.bytes() - emptyTemporal) / accounts),
  };
  if (open > accounts) {
    const others = { prefix: 'idle-', before: accounts, steps: [open] };
    looked.push(...(await openWorkflows(stack, await stack.addTenant(idleApp), others, say)));
  }
  await stack.warmUp();
  const quiet: number[] = [];
  const beQuiet = async (): Promise<void> => {
    quiet.push(...p99sOf(await runLegs(stack, rate, quietLegs)));
    say(`resets: admission p99 without any ${figure(median(quiet))} ms`);
  };
  // Before the resets and again after them: a machine that grows slower meanwhile is not taken for their fault.
  await beQuiet();
  const startedAt = performance.now();
  await tenant.call('POST', '/v1/test-clock/advance', { by: 'P1M', wait: false });
  const legs: number[] = [];
  const announced = async (): Promise<{ readonly users: number; readonly notices: number }> => {
    const { rows } = await db.query<{ users: number; notices: number }>(
      `select count(distinct user_id)::int as users, count(*)::int as notices from notices
       where app_id = $1 and kind = 'reset' and user_id like 'reset-%'`,
      [appId],
    );
    return rows[0] ?? { users: 0, notices: 0 };
  };
  for (let done = 0; done < accounts && performance.now() - startedAt < 3_600_000;) {
    const { p99 } = await runLeg(stack, rate);
    legs.push(p99);
    done = (await announced()).users;
    say(`resets: ${done} of ${accounts} announced, admission p99 ${figure(p99)} ms`);
  }
  const minutes = (performance.now() - startedAt) / 60_000;
  await stack.settled();
  const { users, notices } = await announced();
  await beQuiet();
  return `### ${accounts.toLocaleString('en-GB')} accounts reset at one instant

| | figure | goal |
| --- | ---: | ---: |
| announced | ${users.toLocaleString('en-GB')} | ${accounts.toLocaleString('en-GB')} |
| announced twice | ${(notices - users).toLocaleString('en-GB')} | 0 |
| minutes until all were | ${figure(minutes)} | – |
| admission p99 before and after, at ${rate} a second, median and worst of ${quiet.length} legs of ${legSeconds} s | ${figure(median(quiet))}, ${figure(Math.max(...quiet))} ms | – |
| admission p99 during it, median and worst of ${legs.length} legs | ${figure(median(legs))}, ${figure(Math.max(...legs))} ms | – |
| p99 during ÷ without (median legs) | ${figure(median(legs) / median(quiet))} | ≤ 1.20 |
| worker's memory before any workflow | ${memoryOfNone} MB | – |
| worker's memory with ${looked.map((look) => look.open.toLocaleString('en-GB')).join(', ')} open workflows | ${looked.map((look) => look.memory).join(', ')} MB | flat |
| bytes of an idle account, ledger (with one session) | ${idle.ledger.toLocaleString('en-GB')} | – |
| bytes of an idle account, Temporal's SQLite | ${idle.temporal.toLocaleString('en-GB')} | – |
`;
}

async function ledgerBytes({ db }: LifeStack): Promise<number> {
  const { rows } = await db.query<{ bytes: string }>(
    `select sum(pg_total_relation_size(c.oid)) as bytes from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
  );
  return Number(rows[0]?.bytes ?? 0);
}

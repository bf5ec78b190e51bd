import { waitUntil } from '../../local/wait-until.ts';
import { figure } from '../table.ts';
import { type LifeStack, appId, residentMb } from './stack.ts';

const rate = 100;

/** Every account's period ends at the same instant, while others are admitted. */
export async function measureResets(
  stack: LifeStack,
  accounts: number,
  say: (line: string) => void,
): Promise<string> {
  const { db, worker } = stack;
  const count = async (text: string): Promise<number> =>
    Number((await db.query<{ n: string }>(text, [appId])).rows[0]?.n);
  const memory = [residentMb(worker.pid)];
  const emptyLedger = await ledgerBytes(stack);
  const emptyTemporal = stack.temporal.bytes();
  await stack.addAccounts('roomy', 'reset-', accounts);
  await db.query('analyze');
  const first = Math.min(1_000, accounts);
  await stack.sessionsOfAll('reset-', first);
  const told = async (): Promise<void> => {
    let left = await stack.outstanding();
    await waitUntil(
      async () => {
        left = await stack.outstanding();
        return left === 0;
      },
      { timeoutMs: 1_200_000, everyMs: 1_000 },
    );
    if (left > 0) throw new Error(`${left} workflows have not answered`);
  };
  await told();
  memory.push(residentMb(worker.pid));
  await stack.sessionsOfAll('reset-', accounts);
  say(`resets: ${accounts} users were here; waiting for their workflows`);
  await told();
  memory.push(residentMb(worker.pid));
  const idle = {
    ledger: Math.round(((await ledgerBytes(stack)) - emptyLedger) / accounts),
    temporal: Math.round((stack.temporal.bytes() - emptyTemporal) / accounts),
  };
  const before = await stack.load(rate, 15);
  const startedAt = performance.now();
  await stack.post('/v1/test-clock/advance', { by: 'P1M', wait: false });
  const legs: number[] = [];
  const announced = () =>
    count(
      "select count(*) as n from notices where app_id = $1 and kind = 'reset' and user_id like 'reset-%'",
    );
  for (let done = 0; done < accounts && performance.now() - startedAt < 1_800_000;) {
    const leg = await stack.load(rate, 10);
    legs.push(leg.latency.p99);
    done = await announced();
    say(`resets: ${done} of ${accounts} announced, admission p99 ${figure(leg.latency.p99)} ms`);
  }
  const minutes = (performance.now() - startedAt) / 60_000;
  const announcedInAll = await announced();
  const worst = [...legs].sort((left, right) => left - right);
  const middle = worst[Math.floor(worst.length / 2)] ?? Number.NaN;
  return `### ${accounts.toLocaleString('en-GB')} accounts reset at one instant

| | figure | goal |
| --- | ---: | ---: |
| announced, each once | ${announcedInAll.toLocaleString('en-GB')} | ${accounts.toLocaleString('en-GB')} |
| minutes until all were | ${figure(minutes)} | – |
| admission p99 before, at ${rate} a second | ${figure(before.latency.p99)} ms | – |
| admission p99 during it, median and worst of ${legs.length} legs of 10 s | ${figure(middle)}, ${figure(worst.at(-1) ?? Number.NaN)} ms | – |
| p99 during ÷ before (median leg) | ${figure(middle / before.latency.p99)} | ≤ 1.20 |
| worker's memory with none, ${first.toLocaleString('en-GB')}, ${accounts.toLocaleString('en-GB')} open workflows | ${memory.join(', ')} MB | flat |
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

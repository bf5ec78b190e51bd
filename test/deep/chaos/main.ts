import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Random, randomFrom } from '../../../examples/demo/random.ts';
import { referencePolicy } from '../../../domain/policy/reference.ts';
import { webhookEvents } from '../../../domain/webhook/events.ts';
import { issueApiKey } from '../../../ledger/api-keys.ts';
import { createApp } from '../../../ledger/apps.ts';
import { type Ledger, openLedger } from '../../../ledger/ledger.ts';
import { checkInvariants } from '../../../ledger/invariants.ts';
import { openHome } from '../../../local/home.ts';
import { exitWith } from '../../../local/plain-error.ts';
import { freePort } from '../../../local/ports.ts';
import { startStack } from '../../../local/stack.ts';
import { chosenSeed } from '../../properties/seed.ts';
import { type Target, type Told, insist, useTheProduct } from './client.ts';
import { type Role, kill, roles } from './kill.ts';
import { startSink } from './sink.ts';

/**
 * `npm run chaos [-- SECONDS]`: the whole product under load, every part of it killed by -9 again and again at moments that
 * a seed draws. Afterwards nothing that was acknowledged may be lost, and nothing may count twice.
 */
const seconds = Number(process.argv[2] ?? 150);
const users = 40;
const settleWithinMs = 240_000;
const app = 'chaos';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const free = referencePolicy.plans['free'] as (typeof referencePolicy.plans)[string];
const policy = {
  ...referencePolicy,
  plans: { free: { ...free, sessions: { ...free.sessions, per_day: null, concurrent: 3 }, probation: null } },
};

type Killed = { readonly role: Role; readonly atSecond: number };

async function killAtRandom(
  home: Parameters<typeof kill>[0],
  random: Random,
  isOver: () => boolean,
): Promise<readonly Killed[]> {
  const startedAt = Date.now();
  const done: Killed[] = [];
  // Every role in each round, in an order and at moments of their own.
  while (!isOver()) {
    const round = [...roles].sort(() => random.share() - 0.5);
    for (const role of round) {
      await delay(2_000 + random.below(5_000));
      if (isOver()) break;
      const atSecond = Math.round((Date.now() - startedAt) / 1_000);
      say(`  ${String(atSecond).padStart(4)} s  kill -9 ${role}`);
      await kill(home, role);
      done.push({ role, atSecond });
    }
  }
  return done;
}

/** Days go by, so that periods end while things break. */
async function turnTheClock(target: Target, random: Random, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await delay(4_000);
    await insist(
      target,
      '/v1/test-clock/advance',
      { by: `PT${6 + random.below(60)}H`, wait: false },
      `clock-${target.told.requests}`,
    );
  }
}

type Problem = string;

async function compare(ledger: Ledger, { sessions, events }: Told): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const stored = await ledger.pool.query<{ session_id: string; user_id: string }>(
    'select session_id, user_id from sessions where app_id = $1',
    [app],
  );
  const owners = new Map(stored.rows.map((row) => [row.session_id, row.user_id]));
  for (const [id, user] of sessions)
    if (owners.get(id) !== user) problems.push(`session ${id} of ${user} was acknowledged and is lost`);
  for (const id of owners.keys())
    if (!sessions.has(id)) problems.push(`session ${id} is in the ledger, and nobody was told of it`);
  const counted = await ledger.pool.query<{ event_id: string; session_id: string; cost: number }>(
    'select event_id, session_id, cost_micro_usd as cost from usage_events where app_id = $1',
    [app],
  );
  for (const { event_id: id, cost } of counted.rows)
    if (events.get(id)?.cost !== cost)
      problems.push(`event ${id} counts ${cost}, told ${events.get(id)?.cost}`);
  if (counted.rows.length !== events.size)
    problems.push(`${events.size} events were acknowledged, ${counted.rows.length} are counted`);
  return problems;
}

/** Waits until everything that was to be told has been, and looks at all promises. */
async function judge(
  ledger: Ledger,
  told: Told,
  arrivals: ReadonlyMap<string, number>,
): Promise<readonly Problem[]> {
  const until = Date.now() + settleWithinMs;
  for (;;) {
    const problems = [...(await compare(ledger, told))];
    for (const { name, breaches } of await checkInvariants(ledger.pool, app, ['always', 'onceSettled']))
      if (breaches > 0) problems.push(`${breaches} × ${name}`);
    const open = await ledger.pool.query<{ open: number; held: number }>(
      `select count(*) filter (where ended_at is null)::int as open, coalesce(sum(held_micro_usd), 0)::bigint as held
       from sessions where app_id = $1`,
      [app],
    );
    if (open.rows[0]?.open !== 0 || open.rows[0]?.held !== 0)
      problems.push(`${open.rows[0]?.open} sessions are not settled, ${open.rows[0]?.held} is still held`);
    const queued = await ledger.pool.query<{ delivery_id: string; status: string }>(
      'select message_id as delivery_id, status from deliveries where app_id = $1',
      [app],
    );
    for (const { delivery_id: id, status } of queued.rows)
      if (status !== 'delivered' || !arrivals.has(id)) problems.push(`message ${id} is ${status}`);
    for (const id of arrivals.keys())
      if (!queued.rows.some((row) => row.delivery_id === id))
        problems.push(`message ${id} came from nowhere`);
    if (problems.length === 0 || Date.now() > until) return problems;
    await delay(2_000);
  }
}

function page(
  seed: number,
  kills: readonly Killed[],
  told: Told,
  arrivals: ReadonlyMap<string, number>,
  problems: readonly Problem[],
  settled: number,
): string {
  const rows = roles.map((role) => `| ${role} | ${kills.filter((one) => one.role === role).length} |`);
  const twice = [...arrivals.values()].filter((times) => times > 1).length;
  return `# Kill -9, again and again

Written by \`npm run chaos -- ${seconds}\`, seed ${seed}, on ${new Date().toISOString().slice(0, 10)}: the embedded product under the load of ${users} users, its parts killed by
\`SIGKILL\` at moments that the seed draws, and started again by their supervisor. The worker holds relay, sweeper, dispatcher and
Temporal worker; Postgres is killed as a whole, with fsync on.

| killed | times |
| --- | ---: |
${rows.join('\n')}

${told.sessions.size} sessions and ${told.events.size} calls were acknowledged, with ${told.requests} requests of which ${told.again} had to be sent again. ${arrivals.size} messages reached
the webhook, ${twice} of them more than once (under one id). ${settled} s after the last kill everything had been told and settled.

${problems.length === 0 ? 'Nothing acknowledged was lost, nothing counts twice, counters equal sums, every session is settled, every crossing was decided once and reached inbox and webhook.' : problems.map((one) => `- **${one}**`).join('\n')}
`;
}

async function main(): Promise<void> {
  const seed = chosenSeed();
  const random = randomFrom(seed);
  say(`STIPEND_SEED=${seed}`);
  const folder = mkdtempSync(join(tmpdir(), 'stipend-chaos-'));
  // Postgres' own user must pass through it.
  chmodSync(folder, 0o711);
  const home = openHome(join(folder, 'home'));
  const [postgres, temporal, temporalUi, api, worker] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const ports = { postgres, temporal, temporalUi, api, worker };
  const stack = await startStack(home, { ports, databaseUrl: null, temporalAddress: null }, say);
  const ledger = openLedger(stack.local.database_url, { max: 2, onIdleError: () => {} });
  const sink = await startSink();
  try {
    await createApp(ledger.pool, { appId: app, name: app, mode: 'sandbox', policy }, 'chaos');
    const { secret } = await issueApiKey(
      ledger.pool,
      { appId: app, mode: 'sandbox', scopes: ['app'] },
      'chaos',
    );
    const told: Told = { sessions: new Map(), events: new Map(), requests: 0, again: 0 };
    const target: Target = { url: stack.local.api_url, key: secret, told };
    await insist(target, '/v1/webhooks', { url: sink.url, events: [...webhookEvents] }, 'the-endpoint');
    const until = Date.now() + seconds * 1_000;
    const isOver = () => Date.now() > until;
    const [kills] = await Promise.all([
      killAtRandom(home, randomFrom(random.below(2 ** 31 - 1)), isOver),
      turnTheClock(target, randomFrom(random.below(2 ** 31 - 1)), isOver),
      ...Array.from({ length: users }, (_, n) =>
        useTheProduct(target, `user-${n}`, randomFrom(random.below(2 ** 31 - 1)), isOver),
      ),
    ]);
    say('The load is over; what is open expires, and everything is told.');
    await insist(target, '/v1/test-clock/advance', { by: 'PT2H', wait: false }, 'the-last');
    const quietAt = Date.now();
    const problems = await judge(ledger, told, sink.arrivals);
    const settled = Math.round((Date.now() - quietAt) / 1_000);
    writeFileSync(
      fileURLToPath(new URL('../../../docs/proofs/chaos.md', import.meta.url)),
      page(seed, kills, told, sink.arrivals, problems, settled),
    );
    for (const problem of problems.slice(0, 40)) say(`BROKEN: ${problem}`);
    say(
      `${kills.length} kills, ${told.sessions.size} sessions, ${told.events.size} calls, ${told.again} requests sent again, ${problems.length} promises broken; docs/proofs/chaos.md`,
    );
    if (problems.length > 0)
      throw new Error(`a promise was broken; STIPEND_SEED=${seed}, logs in ${home.logs}`);
  } finally {
    await ledger.close().catch(() => {});
    sink.stop();
    await stack.stop();
  }
  rmSync(folder, { recursive: true, force: true });
}

main().then(() => process.exit(0), exitWith);

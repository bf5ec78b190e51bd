import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '../../../examples/demo/random.ts';
import { referencePolicy } from '../../../domain/policy/reference.ts';
import { webhookEvents } from '../../../domain/webhook/events.ts';
import { issueApiKey } from '../../../ledger/api-keys.ts';
import { createApp } from '../../../ledger/apps.ts';
import { checkInvariants } from '../../../ledger/invariants.ts';
import { type Ledger, openLedger } from '../../../ledger/ledger.ts';
import { openHome } from '../../../local/home.ts';
import { exitWith } from '../../../local/plain-error.ts';
import { freePort } from '../../../local/ports.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { chosenSeed } from '../../properties/seed.ts';
import { type Target, type Told, insist, useTheProduct } from '../chaos/client.ts';
import { startSink } from '../chaos/sink.ts';
import { restoreBaseBackup, takeBaseBackup } from './base-backup.ts';

/**
 * `npm run backup:proof`: a backup is taken while the product works, the database is destroyed, the backup restored and
 * `stipend restored` said. What was acknowledged before the backup must be there, and everything must go on.
 */
const app = 'restored';
const phaseMs = 12_000;
const settleWithinMs = 120_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const free = referencePolicy.plans['free'] as (typeof referencePolicy.plans)[string];
const policy = {
  ...referencePolicy,
  plans: { free: { ...free, sessions: { ...free.sessions, per_day: null, concurrent: 3 }, probation: null } },
};

const seconds = (since: number): number => Math.round((Date.now() - since) / 100) / 10;

async function withLedger<T>({ local }: Stack, use: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = openLedger(local.database_url, { max: 2, onIdleError: () => {} });
  try {
    return await use(ledger);
  } finally {
    await ledger.close();
  }
}

/** The real command, as an operator types it. */
async function sayRestored({ local }: Stack): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', 'restored', '--wait', '120'], {
    cwd: fileURLToPath(new URL('../../../', import.meta.url)),
    env: { ...process.env, DATABASE_URL: local.database_url },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`stipend restored ended with ${code}`);
}

/** Users of this phase, until told to stop. */
async function work(target: Target, phase: string, seed: number, isOver: () => boolean): Promise<void> {
  const random = randomFrom(seed);
  await Promise.all(
    Array.from({ length: 15 }, (_, n) =>
      useTheProduct(target, `${phase}-${n}`, randomFrom(random.below(2 ** 31 - 1)), isOver),
    ),
  );
}

const until = (ms: number): (() => boolean) => {
  const end = Date.now() + ms;
  return () => Date.now() > end;
};

/** What of the acknowledged is not there, and what is there that nobody was told of. */
async function missing(
  ledger: Ledger,
  sessions: ReadonlySet<string>,
  told: Told,
): Promise<readonly string[]> {
  const { rows } = await ledger.pool.query<{ id: string }>(
    'select session_id as id from sessions where app_id = $1',
    [app],
  );
  const stored = new Set(rows.map(({ id }) => id));
  return [
    ...[...sessions]
      .filter((id) => !stored.has(id))
      .map((id) => `session ${id} was in the backup and is lost`),
    ...[...stored].filter((id) => !told.sessions.has(id)).map((id) => `session ${id} came from nowhere`),
  ];
}

async function settled(ledger: Ledger, arrivals: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const end = Date.now() + settleWithinMs;
  for (;;) {
    const broken = (await checkInvariants(ledger.pool, app, ['always', 'onceSettled']))
      .filter(({ breaches }) => breaches > 0)
      .map(({ name, breaches }) => `${breaches} × ${name}`);
    const { rows } = await ledger.pool.query<{ id: string; status: string }>(
      'select message_id as id, status from deliveries where app_id = $1',
      [app],
    );
    const silent = rows.filter(({ id, status }) => status !== 'delivered' || !arrivals.has(id));
    broken.push(...silent.map(({ id, status }) => `message ${id} is ${status}`));
    if (broken.length === 0 || Date.now() > end) return broken;
    await delay(1_000);
  }
}

async function main(): Promise<void> {
  const seed = chosenSeed();
  say(`STIPEND_SEED=${seed}`);
  const folder = mkdtempSync(join(tmpdir(), 'stipend-backup-'));
  // Postgres' own user must pass through it.
  chmodSync(folder, 0o711);
  const home = openHome(join(folder, 'home'));
  const names = ['postgres', 'temporal', 'temporalUi', 'api', 'worker'] as const;
  const found = await Promise.all(names.map(() => freePort()));
  const ports = Object.fromEntries(names.map((name, index) => [name, found[index]])) as Record<
    (typeof names)[number],
    number
  >;
  const settings = { ports, databaseUrl: null, temporalAddress: null };
  const sink = await startSink();
  let stack = await startStack(home, settings, say);
  const told: Told = { sessions: new Map(), events: new Map(), requests: 0, again: 0 };
  try {
    const key = await withLedger(stack, async ({ pool }) => {
      await createApp(pool, { appId: app, name: app, mode: 'sandbox', policy }, 'proof');
      return (await issueApiKey(pool, { appId: app, mode: 'sandbox', scopes: ['app'] }, 'proof')).secret;
    });
    const target: Target = { url: stack.local.api_url, key, told };
    await insist(target, '/v1/webhooks', { url: sink.url, events: [...webhookEvents] }, 'the-endpoint');
    say('The product works.');
    await work(target, 'before', seed, until(phaseMs));
    await insist(target, '/v1/test-clock/advance', { by: 'P1D', wait: false }, 'a-day');

    const isOver = until(2 * phaseMs);
    const meanwhile = work(target, 'meanwhile', seed + 1, isOver);
    await delay(3_000);
    const inBackup = new Set(told.sessions.keys());
    const backupAt = Date.now();
    await takeBaseBackup(stack.local.database_url, home.postgres, join(folder, 'backup'));
    const backupTook = seconds(backupAt);
    say(`A backup was taken in ${backupTook} s while ${told.sessions.size} sessions had been admitted.`);
    await meanwhile;
    const lost = told.sessions.size - inBackup.size;
    await stack.stop();

    say('The database is destroyed, and the backup restored.');
    const restoreAt = Date.now();
    restoreBaseBackup(join(folder, 'backup'), home.postgres);
    stack = await startStack(home, settings, say);
    await sayRestored(stack);
    const restoreTook = seconds(restoreAt);
    const problems = await withLedger(stack, async (ledger) => [...(await missing(ledger, inBackup, told))]);

    say('The product goes on: sessions, nudges, and a period that ends.');
    await work({ ...target, url: stack.local.api_url }, 'after', seed + 2, until(phaseMs));
    for (const day of [1, 2, 3, 4])
      await insist(target, '/v1/test-clock/advance', { by: 'P9D', wait: true }, `nine-days-${day}`);
    problems.push(...(await withLedger(stack, (ledger) => settled(ledger, sink.arrivals))));
    const resets = await withLedger(stack, async ({ pool }) => {
      const { rows } = await pool.query<{ n: number }>(
        "select count(*) as n from notices where app_id = $1 and kind = 'reset'",
        [app],
      );
      return rows[0]?.n ?? 0;
    });
    if (resets === 0) problems.push('no reset was announced after the restore');
    const twice = [...sink.arrivals.values()].filter((times) => times > 1).length;
    writeFileSync(
      fileURLToPath(new URL('../../../docs/proofs/backup.md', import.meta.url)),
      `# A backup, a lost database, a restore

Written by \`npm run backup:proof\`, seed ${seed}, on ${new Date().toISOString().slice(0, 10)}: the embedded product under the load of 15 users. The backup was taken while they
worked (Postgres' low-level interface: the files, then the log), in ${backupTook} s. ${lost} sessions were admitted after it and are lost with the database,
as they must be. Restoring, starting and \`stipend restored\` took ${restoreTook} s; Temporal knew a future that the ledger did not, and took its word.

${inBackup.size} sessions had been acknowledged when the backup began. Afterwards 15 other users worked, and ${resets} resets were announced. ${sink.arrivals.size} messages
reached the webhook, ${twice} more than once, under one id.

${problems.length === 0 ? 'Everything that the backup had is there, nothing came from nowhere, counters equal sums, every workflow took the ledger’s word, every crossing was decided once and reached inbox and webhook.' : problems.map((one) => `- **${one}**`).join('\n')}
`,
    );
    for (const problem of problems.slice(0, 20)) say(`BROKEN: ${problem}`);
    if (problems.length > 0)
      throw new Error(`a promise was broken; STIPEND_SEED=${seed}, logs in ${home.logs}`);
    say('Nothing was broken; docs/proofs/backup.md.');
  } finally {
    sink.stop();
    await stack.stop();
  }
  rmSync(folder, { recursive: true, force: true });
}

main().then(() => process.exit(0), exitWith);

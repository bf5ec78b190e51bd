import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { createApi } from '../../api/app.ts';
import { testSecretKeys } from '../setup/secret-keys.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { createApp } from '../../ledger/apps.ts';
import { openLedger } from '../../ledger/ledger.ts';
import { migrate } from '../../ledger/migrate.ts';
import { exitWith } from '../../local/plain-error.ts';
import { freePort } from '../../local/ports.ts';
import { startPostgres } from '../../local/postgres.ts';
import { chosenSeed } from '../properties/seed.ts';

/** `npm run schemathesis`: an outside tool reads the served OpenAPI document and tries to catch the API breaking it. */

const version = '4.32.5';
const root = fileURLToPath(new URL('../..', import.meta.url));
const home = join(root, '.stipend', 'schemathesis');
const say = (line: string): void => void process.stdout.write(line);

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
];
/**
 * Two passes, each in an app of its own: a clock that has run to the year 2200 would leave the other operations little to answer,
 * and where no workflow follows a user it would wait for one. Nobody lives in the clock's app.
 */
const clock = 'advanceTestClock';
const passes = [
  { app: 'probed', choice: `--exclude-operation-id=${clock}` },
  { app: 'clocked', choice: `--include-operation-id=${clock}` },
] as const;
type Pass = (typeof passes)[number];
const examplesPerOperation = '60';

/** @throws Error in one sentence where Python or the package index is missing. */
function install(): string {
  const venv = join(home, version);
  const tool = join(venv, 'bin', 'schemathesis');
  if (existsSync(tool)) return tool;
  mkdirSync(home, { recursive: true });
  const made = spawnSync('python3', ['-m', 'venv', venv], { encoding: 'utf8' });
  if (made.status !== 0)
    throw new Error('Schemathesis needs Python 3 with venv: install python3 and python3-venv.');
  const installed = spawnSync(join(venv, 'bin', 'pip'), ['install', '--quiet', `schemathesis==${version}`], {
    encoding: 'utf8',
  });
  if (installed.status === 0) return tool;
  throw new Error(`Schemathesis ${version} could not be installed: ${installed.stderr}`);
}

type Served = {
  readonly url: string;
  readonly keyOf: (app: Pass['app']) => Promise<string>;
  readonly stop: () => Promise<void>;
};

/** The real API on a Postgres of its own; a key has every scope in one sandbox app. */
async function serve(): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'stipend-schemathesis-'));
  // Postgres' own user must pass through it.
  chmodSync(folder, 0o711);
  const postgres = await startPostgres({
    dataDir: join(folder, 'pg', 'data'),
    port: await freePort(),
    throwAway: true,
  });
  await postgres.createDatabase('stipend');
  await migrate(postgres.url('stipend'));
  const ledger = openLedger(postgres.url('stipend'), { secretKeys: testSecretKeys });
  const workflows = { decide: () => Promise.resolve(null) };
  const server = createApi({ ledger, workflows, log: pino({ level: 'error' }) }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    keyOf: async (appId) => {
      await createApp(ledger.pool, { appId, name: appId, mode: 'sandbox', policy: referencePolicy });
      const scopes = ['app', 'growth', 'admin'] as const;
      const { secret } = await issueApiKey(ledger.pool, { appId, mode: 'sandbox', scopes });
      // A key that was good once does not wait for the wrong ones that are tried beside it.
      await fetch(`${url}/v1/webhooks`, { headers: { authorization: `Bearer ${secret}` } });
      return secret;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await ledger.close();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Outcome = { readonly isClean: boolean; readonly said: string };

const probe = (
  tool: string,
  url: string,
  key: string,
  choice: Pass['choice'],
  seed: number,
): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const child = spawn(
      tool,
      [
        'run',
        `${url}/openapi.json`,
        `--checks=${checks.join(',')}`,
        `--header=Authorization: Bearer ${key}`,
        choice,
        `--max-examples=${examplesPerOperation}`,
        `--seed=${seed}`,
        '--continue-on-failure',
      ],
      { cwd: home, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NO_COLOR: '1' } },
    );
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      say(chunk.toString());
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ isClean: status === 0, said }));
  });

/** The tool's own summary: what it ran and what it found. */
const summaryOf = (said: string): string => said.slice(Math.max(0, said.lastIndexOf('= SUMMARY')));

const inReport = ({ said }: Outcome): string =>
  summaryOf(said)
    .split('\n')
    .slice(1)
    .filter((line) => !line.startsWith('='))
    .join('\n')
    .trim();

function writeReport(outcomes: readonly Outcome[], seed: number): void {
  const isClean = outcomes.every((outcome) => outcome.isClean);
  writeFileSync(
    join(root, 'docs/proofs/schemathesis.md'),
    `# Schemathesis

Written by \`npm run schemathesis\`: Schemathesis ${version} against the OpenAPI document that the API serves, on a real Postgres, with the checks
${checks.map((check) => `\`${check}\``).join(', ')}: every operation but
\`${clock}\`, then that one in an app in which nobody lives, since no workflow that it would wait for runs here.

Result: ${isClean ? 'clean' : '**not clean**'}. \`STIPEND_SEED=${seed}\`.

\`\`\`text
${outcomes.map(inReport).join('\n\n')}
\`\`\`
`,
  );
}

async function main(): Promise<void> {
  const tool = install();
  const seed = chosenSeed();
  const served = await serve();
  try {
    const keyed = await Promise.all(
      passes.map(async ({ app, choice }) => ({ choice, key: await served.keyOf(app) })),
    );
    const outcomes: Outcome[] = [];
    for (const { key, choice } of keyed) outcomes.push(await probe(tool, served.url, key, choice, seed));
    writeReport(outcomes, seed);
    process.exitCode = outcomes.every(({ isClean }) => isClean) ? 0 : 1;
  } finally {
    await served.stop();
  }
}

main().then(() => process.exit(), exitWith);

import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { readLocalFile } from '../../local/local-file.ts';
import { freePort } from '../../local/ports.ts';

let home: string;
let environment: NodeJS.ProcessEnv;
const started: ChildProcess[] = [];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stipend-start-'));
  // Postgres' own user must pass through it.
  chmodSync(folder, 0o711);
  home = join(folder, 'home');
  environment = {
    ...process.env,
    STIPEND_HOME: home,
    STIPEND_API_PORT: String(await freePort()),
    STIPEND_WORKER_PORT: String(await freePort()),
    STIPEND_POSTGRES_PORT: String(await freePort()),
    STIPEND_TEMPORAL_PORT: String(await freePort()),
    STIPEND_TEMPORAL_UI_PORT: String(await freePort()),
    // The run's one Temporal server serves this stack too.
    TEMPORAL_ADDRESS: inject('temporalAddress'),
  };
});
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
});

type Started = {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exited: Promise<number | null>;
  readonly says: (words: string) => Promise<void>;
};

function start(changes: NodeJS.ProcessEnv = {}, args: readonly string[] = []): Started {
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/start.ts', ...args], {
    env: { ...environment, ...changes },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let text = '';
  const listeners = new Set<() => void>();
  const hear = (chunk: Buffer) => {
    text += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return {
    child,
    exited,
    output: () => text,
    says: (words) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (text.includes(words)) resolve();
        };
        listeners.add(look);
        look();
        void exited.then(() => reject(new Error(`it ended without saying "${words}":\n${text}`)));
      }),
  };
}

describe('npm start', () => {
  test('runs, keeps its keys, refuses a second beside it, replaces what a crash left, and stops in order', async () => {
    const first = start();
    await first.says('Ask for a first session');
    const local = readLocalFile(join(home, 'local.json'));
    expect(first.output()).toContain(local?.api_key);
    expect(statSync(join(home, 'local.json')).mode & 0o777).toBe(0o600);
    const admitted = await fetch(`${local?.api_url}/v1/users/ada/sessions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${local?.api_key}` },
    });
    expect(admitted.status).toBe(201);

    const second = start();
    expect(await second.exited).toBe(0);
    expect(second.output()).toContain('already running');

    first.child.kill('SIGKILL');
    await first.exited;
    const third = start();
    await third.says('Ask for a first session');
    expect(third.output()).toContain('Ended what a crash had left running');
    expect(readLocalFile(join(home, 'local.json'))?.api_key).toBe(local?.api_key);
    const usage = await fetch(`${local?.api_url}/v1/users/ada/usage`, {
      headers: { authorization: `Bearer ${local?.api_key}` },
    });
    expect(await usage.json()).toMatchObject({ month: { used: 1 } });

    third.child.kill('SIGINT');
    expect(await third.exited).toBe(0);
    expect(third.output()).toContain('Stopped.');
    await expect(fetch(`${local?.api_url}/healthz`)).rejects.toThrow('fetch failed');
  }, 120_000);

  test('names the variable that moves a port which is taken', async () => {
    const other = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    const run = start({ STIPEND_API_PORT: String(port) });
    expect(await run.exited).toBe(1);
    expect(run.output()).toContain(`Port ${port} for the API is taken.`);
    expect(run.output()).toContain('STIPEND_API_PORT');
    expect(run.output()).not.toContain('    at ');
    other.close();
  });

  test.each([
    ['a home that cannot be written', { STIPEND_HOME: '/dev/null/stipend' }, 'STIPEND_HOME'],
    ['a port that is none', { STIPEND_API_PORT: 'eighty' }, 'STIPEND_API_PORT is "eighty"'],
    ['a Temporal server that is not there', { TEMPORAL_ADDRESS: '127.0.0.1:1' }, 'TEMPORAL_ADDRESS names'],
    ['a database that is not there', { DATABASE_URL: 'postgres://x@127.0.0.1:1/x' }, 'DATABASE_URL names'],
    [
      'a Temporal binary that is not there',
      { TEMPORAL_ADDRESS: '', STIPEND_TEMPORAL_BINARY: '/nowhere/temporal' },
      'STIPEND_TEMPORAL_BINARY names /nowhere/temporal',
    ],
  ])('says in one sentence what is wrong with %s', async (_name, changes, sentence) => {
    const run = start(changes);
    expect(await run.exited).toBe(1);
    expect(run.output()).toContain(sentence);
    expect(run.output()).not.toContain('    at ');
  });

  test('--help lists what can be set', async () => {
    const run = start({}, ['--help']);
    expect(await run.exited).toBe(0);
    for (const name of ['STIPEND_HOME', 'DATABASE_URL', 'TEMPORAL_ADDRESS', 'STIPEND_API_PORT']) {
      expect(run.output()).toContain(name);
    }
  });
});

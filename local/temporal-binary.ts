import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { PlainError } from './plain-error.ts';

/** The last release of the Temporal CLI that `go install` accepts: later ones have a replace line in go.mod. */
const cliVersion = 'v1.5.1';
const executable = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

const temporalCache = (): string => join(homedir(), '.cache', 'stipend', `temporal-${cliVersion}`);

function onPath(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

function builtByGo(): string | null {
  const goBin = process.env['GOBIN'] ?? join(process.env['GOPATH'] ?? join(homedir(), 'go'), 'bin');
  return (
    [join(temporalCache(), executable), join(goBin, executable)].find((path) => existsSync(path)) ?? null
  );
}

/** The SDK's own download, where its host can be reached: the file it leaves behind is what we run. */
async function downloaded(): Promise<string | null> {
  const folder = join(temporalCache(), 'download');
  const find = () =>
    (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [])[0] ?? null;
  if (find() !== null) return find();
  mkdirSync(folder, { recursive: true });
  try {
    const environment = await TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'cached-download', downloadDir: folder } },
    });
    await environment.teardown();
    return find();
  } catch {
    return null;
  }
}

function goCommand(): string {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return 'go';
  } catch {
    throw new PlainError(
      'No Temporal server was found, it could not be downloaded, and Go is not installed to build it. ' +
        'Install the Temporal CLI (https://docs.temporal.io/cli) or Go 1.24 or newer, or set TEMPORAL_ADDRESS to a running server.',
    );
  }
}

/** Shows that a long step is alive: one moving line on a terminal, a line every 15 seconds elsewhere. */
function showProgress(report: (line: string) => void): { readonly stop: () => void } {
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const onTerminal = process.stdout.isTTY;
  const timer = setInterval(
    () => {
      if (onTerminal) process.stdout.write(`\r  building the Temporal server: ${elapsed()} `);
      else report(`  building the Temporal server: ${elapsed()}`);
    },
    onTerminal ? 1_000 : 15_000,
  );
  return {
    stop: () => {
      clearInterval(timer);
      if (onTerminal) process.stdout.write('\n');
      report(`  built in ${elapsed()}`);
    },
  };
}

async function build(report: (line: string) => void): Promise<string> {
  const go = goCommand();
  report(
    `Building the Temporal server ${cliVersion} with Go. This happens once and takes two to four minutes.`,
  );
  mkdirSync(temporalCache(), { recursive: true });
  // Built aside and moved in one step, so that two builds at once cannot spoil each other.
  const aside = mkdtempSync(join(tmpdir(), 'stipend-temporal-'));
  const progress = showProgress(report);
  const output: string[] = [];
  const exitCode = await new Promise<number | null>((resolve) => {
    const child = spawn(go, ['install', `github.com/temporalio/cli/cmd/temporal@${cliVersion}`], {
      env: { ...process.env, GOBIN: aside, GOFLAGS: '-modcacherw' },
    });
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    child.on('close', resolve);
  });
  progress.stop();
  const built = join(aside, executable);
  if (exitCode !== 0 || !existsSync(built)) {
    throw new PlainError(
      `Go could not build the Temporal server:\n${output.join('').split('\n').slice(-6).join('\n')}`,
    );
  }
  const target = join(temporalCache(), executable);
  try {
    renameSync(built, target);
  } catch {
    execFileSync('mv', [built, target]);
  }
  rmSync(aside, { recursive: true, force: true });
  return target;
}

/** A Temporal server to run, in order: named, on PATH, built before, the SDK's download, built now. */
export async function findTemporalBinary(report: (line: string) => void): Promise<string> {
  const named = process.env['STIPEND_TEMPORAL_BINARY'];
  if (named !== undefined && !existsSync(named)) {
    throw new PlainError(`STIPEND_TEMPORAL_BINARY names ${named}, which does not exist.`);
  }
  return named ?? onPath(executable) ?? builtByGo() ?? (await downloaded()) ?? (await build(report));
}

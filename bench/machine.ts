import { execFileSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from './bootstrap.ts';

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  readonly commit: string;
  /** Median time of writing 8 kB and fdatasync where the database lies, in milliseconds. */
  readonly syncMs: number;
};

function commit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return git('rev-parse', '--short=12', 'HEAD') + (changed ? ' with changes' : '');
  } catch {
    return 'unknown';
  }
}

function modelName(): string {
  const named = /^model name\s*:\s*(.+)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
  return named?.[1] ?? cpus()[0]?.model ?? 'unknown';
}

/** A disk that answers before it has written makes every durable figure look better: this says what a flush costs here. */
function syncTime(): number {
  const file = join(tmpdir(), `stipend-bench-sync-${process.pid}`);
  const descriptor = openSync(file, 'w');
  const page = Buffer.alloc(8_192, 1);
  const times = Array.from({ length: 100 }, (_, index) => {
    const from = performance.now();
    writeSync(descriptor, page, 0, page.length, index * page.length);
    fdatasyncSync(descriptor);
    return performance.now() - from;
  });
  closeSync(descriptor);
  unlinkSync(file);
  return median(times);
}

export const readMachine = (): Machine => ({
  cpu: modelName(),
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  commit: commit(),
  syncMs: syncTime(),
});

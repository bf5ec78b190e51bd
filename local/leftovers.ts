import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from './read-json.ts';
import { waitUntil } from './wait-until.ts';

/** A process of ours as written to disk: the start time tells it from a later process under the same number. */
export type ProcessRecord = { readonly role: string; readonly pid: number; readonly startedAt: string };

/** When a living process started, in whatever unit the system keeps; null for one that is gone. */
export function startTimeOf(pid: number): string | null {
  const stat = `/proc/${pid}/stat`;
  try {
    if (process.platform === 'linux') {
      // The command name may hold spaces and brackets: fields are counted behind its last bracket. Field 22 is the start.
      const fields = readFileSync(stat, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return fields[0] === 'Z' ? null : (fields[19] ?? null);
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

export const recordOf = (role: string, pid: number): ProcessRecord => ({
  role,
  pid,
  startedAt: startTimeOf(pid) ?? '',
});

export const isAlive = (record: ProcessRecord): boolean => startTimeOf(record.pid) === record.startedAt;

const fileOf = (folder: string, role: string): string => join(folder, `${role}.json`);

export function recordProcess(folder: string, role: string, pid: number): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(folder, role), JSON.stringify(recordOf(role, pid)));
}

export const forgetProcess = (folder: string, role: string): void =>
  rmSync(fileOf(folder, role), { force: true });

function recordedProcesses(folder: string): readonly ProcessRecord[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readJson(join(folder, name)) as ProcessRecord | null)
    .filter((record) => record !== null);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone between the look and the signal: that is what was wanted.
  }
}

/** Ends processes that a crashed run left behind; returns their roles. Another program under a reused number is left alone. */
export async function endLeftovers(folder: string, graceMs = 5_000): Promise<readonly string[]> {
  const alive = recordedProcesses(folder).filter(isAlive);
  for (const record of alive) signal(record.pid, 'SIGTERM');
  const allGone = () => !alive.some(isAlive);
  if (!(await waitUntil(allGone, { timeoutMs: graceMs }))) {
    for (const record of alive.filter(isAlive)) signal(record.pid, 'SIGKILL');
    await waitUntil(allGone, { timeoutMs: graceMs });
  }
  rmSync(folder, { recursive: true, force: true });
  return alive.map((record) => record.role);
}

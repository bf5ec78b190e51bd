import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Home } from '../../../local/home.ts';

export const roles = ['api', 'worker', 'postgres', 'temporal'] as const;
export type Role = (typeof roles)[number];

type Recorded = { readonly pid: number };

const pidOf = (home: Home, role: Role): number =>
  (JSON.parse(readFileSync(join(home.processes, `${role}.json`), 'utf8')) as Recorded).pid;

/** The server itself: the process we keep is its guardian, which would end it in order. */
function postmasterOf(home: Home): number {
  return Number(readFileSync(join(home.postgres, 'postmaster.pid'), 'utf8').split('\n')[0]);
}

const killed = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already, which is what was wanted.
  }
};

/** Kill -9, without a word. The supervisor starts it again, as systemd or Kubernetes would. */
export async function kill(home: Home, role: Role): Promise<void> {
  const guardian = pidOf(home, role);
  if (role === 'postgres') killed(postmasterOf(home));
  killed(guardian);
  while (pidOf(home, role) === guardian) await delay(100);
}

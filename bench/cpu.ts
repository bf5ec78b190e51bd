import { readFileSync, readdirSync } from 'node:fs';

/** The kernel's unit in /proc: 100 a second on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** The fields after the program's name, which may itself hold spaces; `[0]` is the third of proc(5). */
function statOf(pid: number): readonly string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

const field = (stat: readonly string[], number: number): number => Number(stat[number - 3] ?? 0);

/** User and system time of a process in seconds, its threads included. */
export function cpuSeconds(pid: number): number {
  const stat = statOf(pid);
  return stat === null ? 0 : (field(stat, 14) + field(stat, 15)) / ticksPerSecond;
}

/** The same over a process, its living children, and those that have ended. */
export function cpuSecondsOfFamily(parent: number): number {
  const children = readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      const stat = Number.isInteger(pid) ? statOf(pid) : null;
      return stat !== null && field(stat, 4) === parent;
    });
  const stat = statOf(parent);
  const ended = stat === null ? 0 : (field(stat, 16) + field(stat, 17)) / ticksPerSecond;
  return [parent, ...children].reduce((sum, pid) => sum + cpuSeconds(pid), ended);
}

export type MachineTime = { readonly total: number; readonly steal: number; readonly idle: number };

export function machineTime(): MachineTime {
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '';
  const times = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { total: times.reduce((sum, time) => sum + time, 0), idle: times[3] ?? 0, steal: times[7] ?? 0 };
}

/** The share of the machine's time that its host gave to others, 0 to 1. */
export function stealBetween(before: MachineTime, after: MachineTime): number {
  const total = after.total - before.total;
  return total > 0 ? (after.steal - before.steal) / total : 0;
}

import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { type ProcessRecord, isAlive, recordOf } from './leftovers.ts';
import { readJson } from './read-json.ts';

/**
 * Takes the lock, or returns the living process that holds it. A lock whose holder is gone (crash, reboot, reused
 * process number) is replaced.
 */
export function takeLock(file: string): ProcessRecord | null {
  const own = recordOf('supervisor', process.pid);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    for (;;) {
      try {
        // A link either appears whole or not at all: nobody reads half a record.
        linkSync(draft, file);
        return null;
      } catch {
        const holder = readJson(file) as ProcessRecord | null;
        if (holder !== null && isAlive(holder)) return holder;
        rmSync(file, { force: true });
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

export const releaseLock = (file: string): void => rmSync(file, { force: true });

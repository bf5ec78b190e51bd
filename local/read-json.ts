import { readFileSync } from 'node:fs';

/** What a file of ours holds; null where it is missing or was cut off while it was written. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { readJson } from './read-json.ts';

/** What `.stipend/local.json` tells scripts. */
export type LocalFile = {
  readonly api_url: string;
  /** Health and metrics of the worker. */
  readonly worker_url: string;
  /** Scope `app`, for product backends. */
  readonly api_key: string;
  /** Scope `growth`, for reviews. */
  readonly growth_key: string;
  /** Scope `admin`, for apps and keys. */
  readonly admin_key: string;
  readonly temporal_address: string;
  /** Null where the Temporal server was given and its UI is not known. */
  readonly temporal_ui_url: string | null;
  readonly database_url: string;
};

export const readLocalFile = (path: string): LocalFile | null => readJson(path) as LocalFile | null;

/** Written aside and moved, so that a script never reads half of it; it holds keys, so its owner alone may read. */
export function writeLocalFile(path: string, content: LocalFile): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}

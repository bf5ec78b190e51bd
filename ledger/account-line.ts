import type { AppId, UserId } from '../domain/ids.ts';
import type { AccountName } from './account-cache.ts';
import { type LoadedAccount, mergedSnapshots } from './account-snapshot.ts';
import type { Task } from './decision.ts';

/** The tasks that wait for one account, oldest first. Only one statement at a time is under way for it. */
export type AccountLine = {
  readonly name: AccountName;
  readonly appId: AppId;
  readonly userId: UserId;
  readonly tasks: Task[];
  /** Read from the ledger for `readFor` and not used yet; what the cache holds is older or the same. */
  loaded: LoadedAccount | null;
  readonly readFor: Set<Task>;
  /** Commits in a row that stood on something old. */
  misses: number;
  /** Was in a statement that failed: it goes alone until it succeeds, so that it can fail only its own. */
  isSuspect: boolean;
  /** How many tasks are decided in one commit. */
  chain: number;
  isUnderWay: boolean;
};

/** Beyond this a commit's JSON grows longer than a statement should take. */
const longestChain = 128;

export const newLine = (name: AccountName, appId: AppId, userId: UserId): AccountLine => ({
  name,
  appId,
  userId,
  tasks: [],
  loaded: null,
  readFor: new Set(),
  misses: 0,
  isSuspect: false,
  chain: longestChain,
  isUnderWay: false,
});

/** Keeps what was read for some of its tasks, together with what was read before for others. */
export function keepRead(line: AccountLine, loaded: LoadedAccount, tasks: readonly Task[]): void {
  const merged = line.loaded === null ? null : mergedSnapshots(line.loaded, loaded);
  if (merged === null) line.readFor.clear();
  line.loaded = merged ?? loaded;
  for (const task of tasks) line.readFor.add(task);
}

export function forgetRead(line: AccountLine): void {
  line.loaded = null;
  line.readFor.clear();
}

/** Takes finished tasks off the line; after a success it runs as usual again. */
export function finish(line: AccountLine, tasks: ReadonlySet<Task>, outcome: 'done' | 'failed'): void {
  const left = line.tasks.filter((task) => !tasks.has(task));
  line.tasks.splice(0, line.tasks.length, ...left);
  forgetRead(line);
  line.misses = 0;
  if (outcome === 'failed') return;
  line.isSuspect = false;
  line.chain = longestChain;
}

import type { Pool } from 'pg';
import type { AccountState } from '../domain/account/state.ts';
import { type AccountCache, accountName, withoutFinished } from './account-cache.ts';
import { type AccountLine, finish, forgetRead, keepRead } from './account-line.ts';
import { type LoadedAccount, lookupOf, policiesOf } from './account-snapshot.ts';
import { type CommitOutcome, commitAccounts } from './commit-accounts.ts';
import { hasChanged } from './commit.ts';
import type { DatabaseClock } from './database-clock.ts';
import { type Chain, decideChain } from './decide-chain.ts';
import type { Task } from './decision.ts';
import { loadAccounts } from './load-accounts.ts';
import type { PolicyCache } from './policies.ts';
import type { Queryable } from './pool.ts';

/** What the queue did, for metrics and benchmarks. */
export type QueueCounts = { loads: number; commits: number; decisions: number; misses: number };

export type WorkTools = {
  readonly pool: Pool;
  readonly policies: PolicyCache;
  readonly cache: AccountCache;
  readonly clock: DatabaseClock;
  readonly counts: QueueCounts;
};

async function keep(tools: WorkTools, appId: AccountLine['appId'], loaded: LoadedAccount): Promise<void> {
  const { state } = loaded;
  await tools.policies.fetch(policiesOf(loaded));
  tools.cache.keepApp(appId, loaded);
  const name = accountName(appId, state.account.userId);
  const known = tools.cache.account(name);
  if (known === undefined || known.account.version <= state.account.version)
    tools.cache.keep(name, withoutFinished(state));
}

/** Reads accounts for the tasks that wait for them. Lines without an app are answered null. */
export async function readLines(
  tools: WorkTools,
  lines: readonly AccountLine[],
  db: Queryable = tools.pool,
): Promise<void> {
  const waiting = lines.map((line) => [...line.tasks]);
  tools.counts.loads += 1;
  const { accounts, databaseNow } = await loadAccounts(
    db,
    lines.map((line, index) =>
      lookupOf(
        line.appId,
        line.userId,
        (waiting[index] ?? []).map(({ address }) => address),
      ),
    ),
  );
  if (databaseNow !== null) tools.clock.hear(databaseNow);
  for (const [index, line] of lines.entries()) {
    const tasks = waiting[index] ?? [];
    const loaded = accounts[index] ?? null;
    if (loaded === null) {
      for (const task of tasks) task.resolve(null);
      finish(line, new Set(tasks), 'done');
    } else {
      await keep(tools, line.appId, loaded);
      forgetRead(line);
      keepRead(line, loaded, tasks);
    }
  }
}

/** Finds the accounts of tasks that name only a session. Null: there is no such session. */
export async function findOwners(
  tools: WorkTools,
  tasks: readonly Task[],
): Promise<readonly (LoadedAccount | null)[]> {
  tools.counts.loads += 1;
  const { accounts, databaseNow } = await loadAccounts(
    tools.pool,
    tasks.map(({ address }) => lookupOf(address.appId, undefined, [address])),
  );
  if (databaseNow !== null) tools.clock.hear(databaseNow);
  for (const [index, loaded] of accounts.entries()) {
    const appId = tasks[index]?.address.appId;
    if (loaded !== null && appId !== undefined) await keep(tools, appId, loaded);
  }
  return accounts;
}

/** Whether a decision can be made on what is known; null: it was looked for and there is no such session. */
function isReady(line: AccountLine, task: Task, state: AccountState): boolean | null {
  const { sessionId } = task.address;
  if (sessionId === undefined || state.sessions.some(({ id }) => id === sessionId)) return true;
  return line.readFor.has(task) ? null : false;
}

/** The tasks to decide now: the oldest, up to the first that needs something read. */
function takeReady(line: AccountLine, state: AccountState): readonly Task[] {
  const taken: Task[] = [];
  const unknown: Task[] = [];
  for (const task of line.tasks) {
    if (taken.length >= line.chain) break;
    const ready = isReady(line, task, state);
    if (ready === false) break;
    (ready === null ? unknown : taken).push(task);
  }
  for (const task of unknown) task.resolve(null);
  if (unknown.length > 0)
    line.tasks.splice(0, line.tasks.length, ...line.tasks.filter((task) => !unknown.includes(task)));
  return taken;
}

/** What the line's next decisions start from: what was just read for them, or what is remembered. */
function knownOf({ cache }: WorkTools, line: AccountLine): Omit<LoadedAccount, 'now'> | null {
  if (line.loaded !== null) return line.loaded;
  const state = cache.account(line.name);
  const app = cache.app(line.appId);
  if (state === undefined || app === undefined) return null;
  return { ...app, state, usageEvents: [], answers: [] };
}

/** True where the line's first task can be decided without a read. */
export function isWarm({ cache }: WorkTools, line: AccountLine): boolean {
  const state = line.loaded?.state ?? cache.account(line.name);
  const [first] = line.tasks;
  if (state === undefined || cache.app(line.appId) === undefined || first === undefined) return false;
  return isReady(line, first, state) !== false;
}

export type Job = { readonly line: AccountLine; readonly chain: Chain; readonly isFresh: boolean };

function decide(tools: WorkTools, line: AccountLine): Job | null {
  const known = knownOf(tools, line);
  if (known === null) return null;
  const isFresh = line.loaded !== null;
  const tasks = takeReady(line, known.state);
  if (tasks.length === 0) return null;
  const chain = decideChain(tasks, {
    ...known,
    databaseNow: tools.clock.now(),
    policyOf: tools.policies.read,
  });
  tools.counts.decisions += tasks.length;
  return { line, chain, isFresh };
}

const tasksOf = ({ made, failed }: Chain): ReadonlySet<Task> =>
  new Set([...made, ...failed].map(({ task }) => task));

type Answer = (job: Job) => void;

export function answerAll({ line, chain }: Job): void {
  const { clockOffset } = chain.commit.app;
  for (const { task, answer, version } of chain.made) task.resolve({ answer, version, clockOffset });
  for (const { task, error } of chain.failed) task.reject(error);
  finish(line, tasksOf(chain), 'done');
}

async function take(
  tools: WorkTools,
  job: Job,
  outcome: CommitOutcome | undefined,
  answer: Answer,
): Promise<void> {
  const { line, chain } = job;
  if (outcome?.held === true) {
    if (hasChanged(chain.commit.before, chain.commit.after))
      tools.cache.keep(line.name, withoutFinished(chain.commit.after));
    answer(job);
    return;
  }
  tools.counts.misses += 1;
  line.misses += 1;
  const current = outcome?.current ?? null;
  if (current === null) {
    tools.cache.drop(line.name);
    forgetRead(line);
    return;
  }
  await keep(tools, line.appId, current);
  forgetRead(line);
  keepRead(line, current, [...tasksOf(chain)]);
}

/** Decides what waits for each account and commits all of it in one statement. */
export async function commitLines(
  tools: WorkTools,
  lines: readonly AccountLine[],
  db: Queryable = tools.pool,
  answer: Answer = answerAll,
): Promise<void> {
  const decided = lines.map((line) => decide(tools, line)).filter((job) => job !== null);
  // What was read just now and changes nothing needs no second look; what was remembered must be true still.
  const settled = decided.filter(
    ({ chain, isFresh }) => isFresh && !hasChanged(chain.commit.before, chain.commit.after),
  );
  for (const job of settled) answer(job);
  const jobs = decided.filter((job) => !settled.includes(job));
  if (jobs.length === 0) return;
  tools.counts.commits += 1;
  const { outcomes, databaseNow } = await commitAccounts(
    db,
    jobs.map(({ chain }) => chain.commit),
  );
  tools.clock.hear(databaseNow);
  // One after the other: answered all at once, the slowest at 64 connections waited longer (docs/decisions/0007).
  for (const [index, job] of jobs.entries()) await take(tools, job, outcomes[index], answer);
}

import { type AccountLine, finish, forgetRead } from './account-line.ts';
import { type Job, type WorkTools, answerAll, commitLines, isWarm, readLines } from './account-work.ts';
import { AccountBusy } from './decision.ts';
import { inTransaction } from './in-transaction.ts';
import { lockAccount } from './lock-account.ts';
import { faultOf } from './statement-errors.ts';

/** Optimistic tries before the account's row is locked, and locked ones before the caller is told to come again. */
const triesOfEachKind = 3;

export const needsLock = (line: AccountLine): boolean => line.misses >= triesOfEachKind;

/** One account in statements of its own; after too many misses its row is locked first, so that a busy account makes progress. */
export async function workAlone(tools: WorkTools, line: AccountLine): Promise<void> {
  if (!needsLock(line)) {
    if (!isWarm(tools, line)) await readLines(tools, [line]);
    if (line.tasks.length > 0) await commitLines(tools, [line]);
    return;
  }
  if (line.misses >= 2 * triesOfEachKind) {
    rejectTaken(line, new AccountBusy('the account was changed by too many others at once'));
    return;
  }
  const done: Job[] = [];
  await inTransaction(tools.pool, async (db) => {
    await lockAccount(db, line);
    await readLines(tools, [line], db);
    await commitLines(tools, [line], db, (job) => done.push(job));
  });
  // Nobody hears of what is not committed yet.
  for (const job of done) answerAll(job);
}

/** After a statement failed: nothing of it is written, except where the database was away and nobody knows. */
export function recover(tools: WorkTools, lines: readonly AccountLine[], error: unknown): void {
  const fault = faultOf(error);
  for (const line of lines) {
    tools.cache.drop(line.name);
    forgetRead(line);
    if (fault !== 'away' && (lines.length > 1 || !line.isSuspect)) line.isSuspect = true;
    else if (fault !== 'away' && line.chain > 1 && line.tasks.length > 1) line.chain = 1;
    else if (fault === 'conflict' && line.misses < 2 * triesOfEachKind) line.misses += 1;
    else rejectTaken(line, error);
  }
}

function rejectTaken(line: AccountLine, error: unknown): void {
  const tasks = new Set(line.tasks.slice(0, line.chain));
  for (const task of tasks) task.reject(error);
  finish(line, tasks, 'failed');
}

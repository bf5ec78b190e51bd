import type { Pool } from 'pg';
import { userId } from '../domain/ids.ts';
import { needsLock, recover, workAlone } from './account-alone.ts';
import { AccountCache, accountName } from './account-cache.ts';
import { type AccountLine, keepRead, newLine } from './account-line.ts';
import {
  type QueueCounts,
  type WorkTools,
  commitLines,
  findOwners,
  isWarm,
  readLines,
} from './account-work.ts';
import { DatabaseClock } from './database-clock.ts';
import { AccountBusy, type Asked, type Settled, type Task } from './decision.ts';
import type { PolicyCache } from './policies.ts';
import { StatementLanes } from './statement-lanes.ts';
import { WaitingList } from './waiting-list.ts';

export type QueueOptions = {
  /** Commits under way at once. With two, a request at half load took 6.4 ms (p50) and 45 ms (p99), with four 4.6 and 16. */
  readonly lanes: number;
  /**
   * Commits under way at once, beside those, of accounts for which only batches of usage wait. The fewer there are the more
   * events a commit finds: with half of four a call of 500 cost a tenth less CPU (docs/decisions/0020).
   */
  readonly batchLanes: number;
  /** Reads under way at once, beside the commits. */
  readonly readLanes: number;
  /** Accounts in one statement. */
  readonly batch: number;
  /** Accounts remembered between requests, two to four kilobytes each. */
  readonly remembered: number;
  /** Tasks that may wait; beyond them a caller is told to come again at once instead of late. */
  readonly waiting: number;
};

export const usualQueue: QueueOptions = {
  lanes: 4,
  batchLanes: 2,
  readLanes: 2,
  batch: 64,
  remembered: 20_000,
  waiting: 20_000,
};

const isBehindOthers = ({ options }: Task): boolean => options.isBehindOthers === true;

type Work = (tools: WorkTools, lines: readonly AccountLine[]) => Promise<void>;

const workEachAlone: Work = async (tools, lines) => {
  for (const line of lines) await workAlone(tools, line);
};

/**
 * Reads, decides and commits for many callers at once. What arrives while statements are under way goes into the next
 * one (natural batching: no timer, and no wait when idle); tasks of one account are decided one after the other and
 * committed as one. One round trip for an account this process has seen, two for a stranger.
 */
export class AccountQueue {
  readonly #tools: WorkTools;
  readonly #options: QueueOptions;
  readonly #lines = new Map<string, AccountLine>();
  readonly #warm = new WaitingList<AccountLine>();
  readonly #cold = new WaitingList<AccountLine>();
  /** In a statement of their own: after an error, or to lock their row. */
  readonly #alone: AccountLine[] = [];
  /** Tasks about sessions whose account is not known yet. */
  readonly #strangers = new WaitingList<Task>();
  /** Two lists that wait for the same lanes take turns. */
  #isColdTurn = false;
  #isTurnOfAlone = false;
  /** Reads wait for no commit: they lock nothing and flush nothing, and what they bring shares the next commit. */
  readonly #reads: StatementLanes;
  readonly #commits: StatementLanes;
  /** A request waits for no batch of usage, and shares no long statement with one. */
  readonly #batchCommits: StatementLanes;
  #waiting = 0;
  #isScheduled = false;

  constructor(pool: Pool, policies: PolicyCache, options: QueueOptions = usualQueue) {
    const counts: QueueCounts = { loads: 0, commits: 0, decisions: 0, misses: 0 };
    const cache = new AccountCache(options.remembered);
    this.#tools = { pool, policies, cache, clock: new DatabaseClock(), counts };
    this.#options = options;
    this.#reads = new StatementLanes(options.readLanes);
    this.#commits = new StatementLanes(options.lanes);
    this.#batchCommits = new StatementLanes(options.batchLanes);
  }

  get counts(): Readonly<QueueCounts> {
    return this.#tools.counts;
  }

  /** `settle` hears once what became of it: AccountBusy where too many wait already, or too many others change the account. */
  ask(asked: Asked, settle: (outcome: Settled) => void): void {
    const task: Task = {
      ...asked,
      resolve: (value) => {
        this.#waiting -= 1;
        settle({ status: 'fulfilled', value });
      },
      reject: (reason) => {
        this.#waiting -= 1;
        settle({ status: 'rejected', reason });
      },
    };
    this.#waiting += 1;
    if (this.#waiting > this.#options.waiting) {
      task.reject(new AccountBusy('too many requests wait for the ledger'));
      return;
    }
    this.#assign(task);
    this.#schedule();
  }

  #assign(task: Task): void {
    const { appId, userId: user, sessionId } = task.address;
    const known = sessionId === undefined ? undefined : this.#tools.cache.ownerOf(appId, sessionId);
    const name = user === undefined ? known : accountName(appId, user);
    if (name === undefined) {
      this.#strangers.add(task, isBehindOthers(task));
      return;
    }
    this.#join(this.#lineOf(name, task), task);
  }

  #join(line: AccountLine, task: Task): void {
    line.tasks.push(task);
    if (line.isUnderWay) return;
    if (line.tasks.length === 1) this.#enqueue(line);
    else if (!isBehindOthers(task)) for (const list of [this.#warm, this.#cold]) list.hurry(line);
  }

  #lineOf(name: string, { address: { appId, userId: user } }: Task): AccountLine {
    const standing = this.#lines.get(name);
    if (standing !== undefined) return standing;
    const line = newLine(name, appId, user ?? userId(name.slice(appId.length + 1)));
    this.#lines.set(name, line);
    return line;
  }

  #enqueue(line: AccountLine): void {
    if (line.isSuspect || needsLock(line)) this.#alone.push(line);
    else (isWarm(this.#tools, line) ? this.#warm : this.#cold).add(line, line.tasks.every(isBehindOthers));
  }

  /** After the other requests of this turn of the event loop were read, so that they share a statement. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      while (this.#reads.mayBegin(this.#strangers.size + this.#cold.size)) this.#startRead();
      while (this.#commits.mayBegin(this.#warm.sizeOfFirst + this.#alone.length)) this.#startCommit();
      while (this.#batchCommits.mayBegin(this.#warm.sizeOfBehind)) this.#startBatchCommit();
    });
  }

  #startRead(): void {
    const { batch } = this.#options;
    this.#isColdTurn = this.#cold.size > 0 && (this.#strangers.size === 0 || !this.#isColdTurn);
    if (this.#isColdTurn) this.#workOn(this.#reads, this.#cold.take(batch), readLines);
    else {
      const strangers = this.#strangers.take(batch);
      this.#run(this.#reads, strangers.length, this.#introduce(strangers));
    }
  }

  #startCommit(): void {
    this.#isTurnOfAlone = this.#alone.length > 0 && (this.#warm.sizeOfFirst === 0 || !this.#isTurnOfAlone);
    if (this.#isTurnOfAlone) this.#workOn(this.#commits, this.#alone.splice(0, 1), workEachAlone);
    else {
      const share = this.#commits.share(this.#warm.sizeOfFirst);
      this.#workOn(this.#commits, this.#warm.takeFirst(Math.min(share, this.#options.batch)), commitLines);
    }
  }

  #startBatchCommit(): void {
    this.#workOn(this.#batchCommits, this.#warm.takeBehind(this.#options.batch), commitLines);
  }

  #run(lanes: StatementLanes, taken: number, work: Promise<void>): void {
    lanes.run(taken, work, () => this.#schedule());
  }

  #workOn(lanes: StatementLanes, lines: readonly AccountLine[], work: Work): void {
    for (const line of lines) line.isUnderWay = true;
    this.#run(lanes, lines.length, this.#finish(lines, work));
  }

  async #finish(lines: readonly AccountLine[], work: Work): Promise<void> {
    try {
      await work(this.#tools, lines);
    } catch (error) {
      recover(this.#tools, lines, error);
    }
    for (const line of lines) this.#putBack(line);
  }

  #putBack(line: AccountLine): void {
    line.isUnderWay = false;
    if (line.tasks.length > 0) this.#enqueue(line);
    else this.#lines.delete(line.name);
  }

  /** Finds whose sessions they are and puts each in its account's line. */
  async #introduce(tasks: readonly Task[]): Promise<void> {
    const found = await findOwners(this.#tools, tasks).catch((error: unknown) => {
      for (const task of tasks) task.reject(error);
      return null;
    });
    for (const [index, loaded] of (found ?? []).entries()) {
      const task = tasks[index];
      if (task === undefined) continue;
      if (loaded === null) task.resolve(null);
      else this.#seat({ ...task, address: { ...task.address, userId: loaded.state.account.userId } }, loaded);
    }
  }

  #seat(task: Task, loaded: Parameters<typeof keepRead>[1]): void {
    const line = this.#lineOf(accountName(task.address.appId, loaded.state.account.userId), task);
    if (!line.isUnderWay) keepRead(line, loaded, [task]);
    this.#join(line, task);
  }
}

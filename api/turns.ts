type Waiting = { readonly size: number; readonly begin: () => void };

/** Lets large pieces of work begin in their order, as long as what is under way stays within `most`; one piece always may. */
export class Turns {
  readonly #most: number;
  readonly #waiting: Waiting[] = [];
  #underWay = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async take<Result>(size: number, work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((begin) => {
      this.#waiting.push({ size, begin });
      this.#beginNext();
    });
    try {
      return await work();
    } finally {
      this.#underWay -= size;
      this.#beginNext();
    }
  }

  #beginNext(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#underWay > 0 && this.#underWay + next.size > this.#most) return;
      this.#waiting.shift();
      this.#underWay += next.size;
      next.begin();
    }
  }
}

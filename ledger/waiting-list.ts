/** Of how many places one is kept for what is behind, so that a stream of others cannot hold it up for ever. */
const placesForOneBehind = 8;

/** What waits for a statement, oldest first; some of it behind others, however late they come. */
export class WaitingList<Item> {
  readonly #first = new Set<Item>();
  readonly #behind = new Set<Item>();

  get size(): number {
    return this.#first.size + this.#behind.size;
  }

  add(item: Item, isBehindOthers: boolean): void {
    (isBehindOthers ? this.#behind : this.#first).add(item);
  }

  /** From now on it waits behind nobody who comes later; nothing happens where it does not wait here. */
  hurry(item: Item): void {
    if (this.#behind.delete(item)) this.#first.add(item);
  }

  /** Takes what has waited longest off the list. */
  take(most: number): readonly Item[] {
    const kept = Math.min(this.#behind.size, Math.floor(most / placesForOneBehind));
    const taken: Item[] = [];
    for (const [waiting, upTo] of [
      [this.#first, most - kept],
      [this.#behind, most],
    ] as const) {
      for (const item of waiting) {
        if (taken.length >= upTo) break;
        taken.push(item);
        waiting.delete(item);
      }
    }
    return taken;
  }
}

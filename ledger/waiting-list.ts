/** What waits for a statement, oldest first; some of it behind all others, however late they come. */
export class WaitingList<Item> {
  readonly #first = new Set<Item>();
  readonly #behind = new Set<Item>();

  get size(): number {
    return this.#first.size + this.#behind.size;
  }

  /** True where something waits that is behind nobody. */
  get hasFirst(): boolean {
    return this.#first.size > 0;
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
    const taken: Item[] = [];
    for (const waiting of [this.#first, this.#behind]) {
      for (const item of waiting) {
        if (taken.length === most) return taken;
        taken.push(item);
        waiting.delete(item);
      }
    }
    return taken;
  }
}

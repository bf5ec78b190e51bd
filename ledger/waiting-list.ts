/** Of how many places one is kept for what is behind, so that a stream of others cannot hold it up for ever. */
const placesForOneBehind = 8;

function takeFrom<Item>(waiting: Set<Item>, most: number): readonly Item[] {
  const taken: Item[] = [];
  for (const item of waiting) {
    if (taken.length >= most) break;
    taken.push(item);
    waiting.delete(item);
  }
  return taken;
}

/** What waits for a statement, oldest first; some of it behind others, however late they come. */
export class WaitingList<Item> {
  readonly #first = new Set<Item>();
  readonly #behind = new Set<Item>();

  get size(): number {
    return this.#first.size + this.#behind.size;
  }

  get sizeOfFirst(): number {
    return this.#first.size;
  }

  get sizeOfBehind(): number {
    return this.#behind.size;
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
    const first = this.takeFirst(most - kept);
    return [...first, ...this.takeBehind(most - first.length)];
  }

  /** Nothing of what is behind others. */
  takeFirst(most: number): readonly Item[] {
    return takeFrom(this.#first, most);
  }

  /** Only what is behind others. */
  takeBehind(most: number): readonly Item[] {
    return takeFrom(this.#behind, most);
  }
}

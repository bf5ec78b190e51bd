/**
 * The database's clock between two statements: what it last told, plus the time that has passed here by the monotonic
 * clock. A reply takes time, so this runs behind the database and never ahead; what a host calls the time of day does not
 * matter. A commit checks it against the real thing.
 */
export class DatabaseClock {
  #told = 0;
  #heardAt = 0;
  #latest = 0;
  readonly #monotonic: () => number;

  constructor(monotonic: () => number = () => performance.now()) {
    this.#monotonic = monotonic;
  }

  /** @param databaseNow milliseconds since 1970, as the reply that has just arrived told them */
  hear(databaseNow: number): void {
    // A database that moved its clock back rules all the same.
    if (databaseNow < this.#told) this.#latest = 0;
    this.#told = databaseNow;
    this.#heardAt = this.#monotonic();
  }

  /** Milliseconds since 1970; never falls while the database's clock does not. */
  now(): number {
    const estimate = this.#told + Math.floor(this.#monotonic() - this.#heardAt);
    this.#latest = Math.max(this.#latest, estimate);
    return this.#latest;
  }
}

import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/**
 * One timer per run: setting it for a later time than it stands at does nothing, since waking early and looking is
 * cheaper than two more events in the history.
 */
export class Alarm {
  #scope: CancellationScope | null = null;
  #at: number | null = null;
  #rang = false;

  /** @param at real time in milliseconds */
  set(at: number, summary: string): void {
    if (this.#at !== null && this.#at <= at) return;
    this.#scope?.cancel();
    const scope = new CancellationScope();
    this.#scope = scope;
    this.#at = at;
    void this.#ring(scope, Math.max(1, at - Date.now()), summary);
  }

  async #ring(scope: CancellationScope, length: number, summary: string): Promise<void> {
    try {
      await scope.run(() => sleep(length, { summary }));
      this.#rang = true;
      this.#at = null;
    } catch (error) {
      // Cancelled because an earlier time was set, or with the whole workflow.
      if (!isCancellation(error)) throw error;
    }
  }

  get rang(): boolean {
    return this.#rang;
  }

  hush(): void {
    this.#rang = false;
  }
}

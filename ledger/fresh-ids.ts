import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';
import type { DecisionContext } from '../domain/account/context.ts';
import { type ReviewId, type SessionId, reviewId, sessionId } from '../domain/ids.ts';

const bytesOfAnId = 16;
/** Asking the system for each id's bytes alone was 2.4 % of an admission's CPU. */
const drawn = new Uint8Array(256 * bytesOfAnId);
let used = drawn.length;

function drawBytes(): Uint8Array {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += bytesOfAnId;
  return drawn.subarray(used - bytesOfAnId, used);
}

/** Ids that sort by time, to the millisecond, so that new rows are neighbours in their indexes (RFC 9562, version 7). */
const timeOrdered = (): string => v7({ rng: drawBytes });

/** Made only once they are asked for, which most decisions never do. */
class FreshIds {
  #session: SessionId | null = null;
  #review: ReviewId | null = null;

  get sessionId(): SessionId {
    return (this.#session ??= sessionId(`ses_${timeOrdered()}`));
  }

  get reviewId(): ReviewId {
    return (this.#review ??= reviewId(`rev_${timeOrdered()}`));
  }
}

/** The ids that a decision may give to what it makes: the same however often it asks. */
export const freshIds = (): DecisionContext['fresh'] => new FreshIds();

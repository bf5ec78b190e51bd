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

/** The ids that a decision may give to what it makes: the same however often it asks, made only once it does. */
export function freshIds(): DecisionContext['fresh'] {
  let session: SessionId | null = null;
  let review: ReviewId | null = null;
  return {
    get sessionId() {
      session ??= sessionId(`ses_${timeOrdered()}`);
      return session;
    },
    get reviewId() {
      review ??= reviewId(`rev_${timeOrdered()}`);
      return review;
    },
  };
}

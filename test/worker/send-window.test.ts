import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerWithinMs, firstWindow, mostInFlight, nextWindow } from '../../worker/send-window.ts';

type Told = { readonly at: number; readonly answeredAt: number };

const turnMs = 20;
const batch = 32;

/** A relay with more to tell than it can, and a Temporal that answers one after the other, each after `serviceMs`. */
function tell(serviceMs: number, seconds: number, neverAnswered = 0): Told[] {
  let window = firstWindow;
  let idleAt = 0;
  const told: Told[] = Array.from({ length: neverAnswered }, () => ({
    at: 0,
    answeredAt: Number.POSITIVE_INFINITY,
  }));
  for (let now = 0; now < seconds * 1_000; now += turnMs) {
    const unanswered = told.filter(({ answeredAt }) => answeredAt > now);
    const room = Math.min(batch, Math.floor(window.size) - unanswered.length);
    if (room <= 0) continue;
    const sent = Array.from({ length: room }, () => {
      idleAt = Math.max(now, idleAt) + serviceMs;
      return { at: now, answeredAt: idleAt };
    });
    told.push(...sent);
    const late = unanswered.filter(({ at }) => at < now - answerWithinMs).length;
    window = nextWindow(window, room, { inTime: unanswered.length - late + room, late }, now);
  }
  return told;
}

/** How long the last half of them waited for their answer. */
const waitsOf = (told: readonly Told[]): number[] =>
  told.slice(Math.floor(told.length / 2)).map(({ at, answeredAt }) => answeredAt - at);

describe('what a relay may have in flight', () => {
  test.each([5, 10, 25, 50])(
    'lets a Temporal that takes %i ms for each work without a pause, and nobody wait for a second',
    (serviceMs) => {
      const told = tell(serviceMs, 60);
      const busyMs = told.filter(({ answeredAt }) => answeredAt <= 60_000).length * serviceMs;
      expect(busyMs).toBeGreaterThan(0.9 * 60_000);
      expect(Math.max(...waitsOf(told))).toBeLessThan(1_000);
    },
  );

  test('grows where answers come at once, until each turn sends a whole batch', () => {
    const told = tell(0.1, 60);
    expect(told.length).toBeGreaterThan(0.95 * batch * (60_000 / turnMs));
  });

  test('is never closed by some that will not answer', () => {
    const told = tell(25, 30, 2);
    expect(told.length).toBeGreaterThan((0.8 * 30_000) / 25);
  });

  test('stays within its bounds whatever is seen', () => {
    const seen = fc.record({
      sent: fc.nat(32),
      inTime: fc.nat(200),
      late: fc.nat(200),
      afterMs: fc.nat(500),
    });
    fc.assert(
      fc.property(fc.array(seen), (turns) => {
        let [window, now] = [firstWindow, 0];
        for (const { sent, afterMs, ...inFlight } of turns) {
          now += afterMs;
          window = nextWindow(window, sent, inFlight, now);
          expect(window.size).toBeGreaterThanOrEqual(4);
          expect(window.size).toBeLessThanOrEqual(mostInFlight);
        }
      }),
    );
  });
});

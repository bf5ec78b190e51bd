import type { InFlight } from '../ledger/outbox.ts';

/**
 * How many accounts may be told and not have answered. Whatever else is told stands behind them in Temporal's queues, so a slow
 * Temporal is sent few, and a quick one many: additive increase, multiplicative decrease, as in TCP (RFC 5681).
 */
export type SendWindow = { readonly size: number; readonly shrunkAtMs: number };

/**
 * An eighth of the second within which a crossing is to be at its endpoint. With a quarter that took some 0.2 s more (p99),
 * and a backlog drained faster by a tenth (docs/decisions/0022).
 */
export const answerWithinMs = 125;

/** Fewer would leave Temporal and the worker waiting for each other. */
const least = 4;
/** With more a starved server lets tasks run out of their time (docs/decisions/0021). */
export const mostInFlight = 100;

export const firstWindow: SendWindow = { size: 16, shrunkAtMs: Number.NEGATIVE_INFINITY };

/** The window after `sent` more were told. Late are those without an answer for `answerWithinMs`. */
export function nextWindow(
  window: SendWindow,
  sent: number,
  { inTime, late }: InFlight,
  nowMs: number,
): SendWindow {
  if (late > window.size / 2) {
    // What is late now was sent through the wider window.
    if (nowMs - window.shrunkAtMs < answerWithinMs) return window;
    return { size: Math.max(least, window.size / 2), shrunkAtMs: nowMs };
  }
  const isFull = inTime + late >= Math.floor(window.size);
  return isFull ? { ...window, size: Math.min(mostInFlight, window.size + sent / window.size) } : window;
}

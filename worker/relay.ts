import { SpanKind } from '@opentelemetry/api';
import type { Logger } from 'pino';
import { hasEnded } from '../domain/account/free-tier-life.ts';
import type { AccountTotals } from '../domain/totals.ts';
import type { Ledger } from '../ledger/ledger.ts';
import {
  type ClaimedMark,
  type Lane,
  acknowledgeMark,
  claimMarks,
  lanes,
  marksInFlight,
  returnMark,
  setMarkAside,
} from '../ledger/outbox.ts';
import { currentTraceparent, inSpan } from '../tracing/spans.ts';
import { readTotals } from '../ledger/totals.ts';
import { type Polling, startPolling } from './polling.ts';
import type { Sent } from './send-totals.ts';
import { answerWithinMs, firstWindow, nextWindow } from './send-window.ts';

export type Relay = {
  readonly ledger: Ledger;
  readonly send: (totals: AccountTotals) => Promise<Sent>;
  readonly log: Logger;
  readonly onOutcome: (outcome: Outcome) => void;
};

/** `settled`: the free-tier life of the account has ended, so that there is no workflow to tell. */
export type Outcome = Sent['kind'] | 'settled';

/** As many as Temporal takes at once on two cores without its latency growing. */
const batch = 32;
const returnAfterMs = 1_000;

type Readable = { readonly mark: ClaimedMark; readonly totals: AccountTotals | Error };

const errorOf = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Reads the whole batch in one statement; if that fails, one by one, so that one bad account spoils only its own. */
async function readBatch(ledger: Ledger, marks: readonly ClaimedMark[]): Promise<readonly Readable[]> {
  const match = (found: readonly AccountTotals[]) => (mark: ClaimedMark) => ({
    mark,
    totals:
      found.find((totals) => totals.appId === mark.appId && totals.userId === mark.userId) ??
      new Error('the account is not in the ledger'),
  });
  try {
    return marks.map(match(await readTotals(ledger, marks)));
  } catch {
    return Promise.all(
      marks.map(async (mark) => {
        const totals = await readTotals(ledger, [mark]).catch(errorOf);
        return totals instanceof Error ? { mark, totals } : match(totals)(mark);
      }),
    );
  }
}

/** The workflow goes on with the trace of the request that it is told of. */
const sendTraced = (relay: Relay, totals: AccountTotals): Promise<Sent> =>
  inSpan('tell workflow', { kind: SpanKind.PRODUCER, parent: totals.traceparent ?? null }, () => {
    const traceparent = currentTraceparent() ?? totals.traceparent;
    return relay.send({ ...totals, ...(traceparent === undefined ? {} : { traceparent }) });
  });

async function deliver(relay: Relay, { mark, totals }: Readable): Promise<Outcome> {
  const { ledger, log } = relay;
  if (!(totals instanceof Error) && hasEnded(totals)) {
    relay.onOutcome('settled');
    await acknowledgeMark(ledger.pool, { ...mark, epoch: totals.epoch, seq: totals.seq, wakeAt: null });
    return 'settled';
  }
  const sent: Sent =
    totals instanceof Error ? { kind: 'never', error: totals.message } : await sendTraced(relay, totals);
  relay.onOutcome(sent.kind);
  switch (sent.kind) {
    case 'sent':
      break;
    case 'later':
      await returnMark(ledger.pool, mark, returnAfterMs, sent.error);
      break;
    case 'never':
      log.error(
        { app: mark.appId, user: mark.userId, error: sent.error },
        'an account’s totals cannot be sent and were set aside; it is tried again when the account changes',
      );
      await setMarkAside(ledger.pool, mark, sent.error);
      break;
    default:
      return sent satisfies never;
  }
  return sent.kind;
}

/**
 * Sends what is due in a lane to the workflows. But for the width of its window it keeps nothing in memory: killed at any
 * point, the claim runs out and the mark is sent again, which changes nothing where it had arrived.
 * @throws Error when nothing at all could be sent, so that the loop pauses instead of spinning.
 */
export function relayOf(relay: Relay, lane: Lane): () => Promise<number> {
  const { pool } = relay.ledger;
  let window = firstWindow;
  return async () => {
    const marks = await claimMarks(pool, lane, { limit: batch, inFlightAtMost: Math.floor(window.size) });
    if (marks.length === 0) return 0;
    const readable = await readBatch(relay.ledger, marks);
    const outcomes = await Promise.all(readable.map((one) => deliver(relay, one)));
    if (outcomes.every((outcome) => outcome === 'later'))
      throw new Error('Temporal takes nothing at the moment');
    window = nextWindow(window, marks.length, await marksInFlight(pool, lane, answerWithinMs), Date.now());
    return marks.length;
  };
}

type Pace = { readonly busyMs: number; readonly idleMs: number };

/** A loop for each lane, so that none waits for what the other is sending. */
export const startRelay = (relay: Relay, pace: Pace): Polling[] =>
  lanes.map((lane) =>
    startPolling({ name: `relay of ${lane} marks`, log: relay.log, work: relayOf(relay, lane), ...pace }),
  );

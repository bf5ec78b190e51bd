import { sessionId } from '../../domain/ids.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { transact } from '../../ledger/transact.ts';
import type { AppId } from '../../domain/ids.ts';
import { usageBatch, usageBatchAnswer } from '../contract/usage-batch.ts';
import {
  type CountedBatch,
  type PlacedEvent,
  countBatch,
  readEvent,
  refuseAll,
  unknownSession,
} from '../count-batch.ts';
import { noMoney } from '../../domain/money.ts';
import { appOf } from '../caller.ts';
import { route } from '../route.ts';
import { Turns } from '../turns.ts';

/** More events of one session than this are decided in several steps, so that none holds up the others for long. */
const eventsInStep = 250;

/** Of all calls together, far below what may wait in the queue; a call beyond it waits its turn. */
const turns = new Turns(8_000);

/** The events by session, in their order. */
function bySession(events: readonly PlacedEvent[]): readonly (readonly PlacedEvent[])[] {
  const steps: PlacedEvent[][] = [];
  const current = new Map<string, PlacedEvent[]>();
  for (const placed of events) {
    const { session } = placed.event;
    const step = current.get(session);
    if (step !== undefined && step.length < eventsInStep) {
      step.push(placed);
      continue;
    }
    const begun = [placed];
    steps.push(begun);
    current.set(session, begun);
  }
  return steps;
}

/** Counts some events of one session in one step. */
async function countOfSession(
  ledger: Ledger,
  appId: AppId,
  events: readonly PlacedEvent[],
): Promise<CountedBatch> {
  const [first] = events;
  if (first === undefined) return { results: [], overshoot: noMoney };
  const address = {
    appId,
    sessionId: sessionId(first.event.session),
    usageEventIds: events.map(({ event }) => event.id),
    authorizationIds: events.flatMap(({ event }) => event.authorization ?? []),
  };
  try {
    const done = await transact(ledger, address, (loaded, context) => countBatch(events, loaded, context), {
      isBehindOthers: true,
    });
    if (done !== null) return done.answer;
    return { results: refuseAll(events, unknownSession()), overshoot: noMoney };
  } catch (error) {
    return { results: refuseAll(events, error), overshoot: noMoney };
  }
}

/**
 * All sessions at once, behind what others wait for: what many calls bring for one account is committed as one
 * (docs/decisions/0020).
 */
const countOfSessions = (
  ledger: Ledger,
  appId: AppId,
  groups: readonly (readonly PlacedEvent[])[],
): Promise<readonly CountedBatch[]> =>
  turns.take(groups.length, () => Promise.all(groups.map((events) => countOfSession(ledger, appId, events))));

export const reportUsageBatch = route({
  method: 'post',
  path: '/v1/usage',
  operation: 'reportUsageBatch',
  summary: 'Report up to 1,000 calls at once, a result for each; a bad one spoils no other',
  tag: 'Sessions',
  scope: 'app',
  body: usageBatch,
  answers: { 200: { description: 'A result for each event, in their order', schema: usageBatchAnswer } },
  repeats: 'by_own_id',
  problems: ['account-busy'],
  handle: async ({ body, caller }, { ledger, metrics }) => {
    const appId = appOf(caller);
    const read = body.events.map(readEvent);
    const events = read.filter((one) => 'event' in one);
    const counted = await countOfSessions(ledger, appId, bySession(events));
    for (const { overshoot } of counted) metrics.countOvershoot(overshoot);
    const placed = [
      ...read.filter((one) => 'result' in one),
      ...counted.flatMap(({ results }) => results),
    ].sort((left, right) => left.index - right.index);
    return { status: 200, body: { results: placed.map(({ result }) => result) } };
  },
});

import { sessionId } from '../../domain/ids.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { type Asking, transactAll } from '../../ledger/transact.ts';
import type { Settled } from '../../ledger/decision.ts';
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

/** Some events of one session, which are decided in one step. */
type Step = [PlacedEvent, ...PlacedEvent[]];

/** The events by session, in their order. */
function stepsOf(events: readonly PlacedEvent[]): readonly Step[] {
  const steps: Step[] = [];
  const current = new Map<string, Step>();
  for (const placed of events) {
    const { session } = placed.event;
    const step = current.get(session);
    if (step !== undefined && step.length < eventsInStep) {
      step.push(placed);
      continue;
    }
    const begun: Step = [placed];
    steps.push(begun);
    current.set(session, begun);
  }
  return steps;
}

const askingFor = (appId: AppId, events: Readonly<Step>): Asking<CountedBatch> => ({
  address: {
    appId,
    sessionId: sessionId(events[0].event.session),
    usageEventIds: events.map(({ event }) => event.id),
    authorizationIds: events.flatMap(({ event }) => event.authorization ?? []),
  },
  decide: (loaded, context) => countBatch(events, loaded, context),
});

function resultsOf(events: Readonly<Step>, settled: Settled<CountedBatch>): CountedBatch {
  if (settled.status === 'fulfilled' && settled.value !== null) return settled.value.answer;
  const reason: unknown = settled.status === 'fulfilled' ? unknownSession() : settled.reason;
  return { results: refuseAll(events, reason), overshoot: noMoney };
}

/**
 * All steps at once, behind what others wait for: what many calls bring for one account is committed as one
 * (docs/decisions/0020).
 */
async function countSteps(
  ledger: Ledger,
  appId: AppId,
  steps: readonly Step[],
): Promise<readonly CountedBatch[]> {
  const asked = steps.map((events) => askingFor(appId, events));
  const settled = await turns.take(steps.length, () => transactAll(ledger, asked, { isBehindOthers: true }));
  return settled.flatMap((one, index) => {
    const events = steps[index];
    return events === undefined ? [] : resultsOf(events, one);
  });
}

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
    const counted = await countSteps(ledger, appId, stepsOf(events));
    for (const { overshoot } of counted) metrics.countOvershoot(overshoot);
    const placed = [
      ...read.filter((one) => 'result' in one),
      ...counted.flatMap(({ results }) => results),
    ].sort((left, right) => left.index - right.index);
    return { status: 200, body: { results: placed.map(({ result }) => result) } };
  },
});

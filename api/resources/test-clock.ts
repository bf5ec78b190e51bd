import { z } from 'zod';
import { Temporal } from 'temporal-polyfill';
import type { AppId } from '../../domain/ids.ts';
import { type Instant, instant } from '../../domain/instant.ts';
import type { Queryable } from '../../ledger/pool.ts';
import { readTestClock } from '../../ledger/test-clock.ts';
import { text, time, toTime } from '../contract/fields.ts';
import { actorOf, appOf } from '../caller.ts';
import { Problem, inBody } from '../problems/problem.ts';
import { route } from '../route.ts';
import { advanceAndSettle, advanceAtOnce } from '../advance-clock.ts';

const tag = 'Test clock';

const advanceRequest = z
  .strictObject({
    by: text(60).refine(isForward, 'must be a duration such as P10D or PT3H, longer than zero').optional(),
    to: time.optional(),
    wait: z.boolean().default(true),
  })
  .refine(({ by, to }) => (by === undefined) !== (to === undefined), {
    message: 'give either by or to',
    path: ['by'],
  })
  .meta({ id: 'AdvanceTestClock' });

const clock = z
  .object({
    now: z.iso.datetime(),
    /** Whether every workflow that was due has taken in what fell due. */
    acknowledged: z.boolean(),
  })
  .meta({ id: 'TestClock' });

function isForward(duration: string): boolean {
  try {
    return Temporal.Duration.from(duration).sign > 0;
  } catch {
    return false;
  }
}

/** A test clock that runs further ahead than a lifetime is a mistake, and would overflow dates. */
const furthest = instant(Date.parse('2200-01-01T00:00:00Z'));

/** Calendar units are counted in UTC. */
function targetOf(now: Instant, { by, to }: z.output<typeof advanceRequest>): Instant {
  if (by === undefined) {
    if (to === undefined || to < now) {
      throw inBody('impossible-time', 'to', `the test clock never goes back; it is ${toTime(now)}`);
    }
    return to;
  }
  try {
    const start = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO('UTC');
    const target = instant(start.add(Temporal.Duration.from(by)).epochMilliseconds);
    if (target <= furthest) return target;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw inBody('impossible-time', 'by', 'leads past the year 2200');
}

async function requireTestClock(db: Queryable, app: AppId): Promise<Instant> {
  const now = await readTestClock(db, app);
  if (now === null) throw new Problem('sandbox-only', 'Make a sandbox app for tests: POST /v1/apps.');
  return now;
}

export const advanceClock = route({
  method: 'post',
  path: '/v1/test-clock/advance',
  operation: 'advanceTestClock',
  summary: 'Move a sandbox app’s clock forward, stopping wherever an account has something due',
  tag,
  scope: 'app',
  body: advanceRequest,
  answers: {
    200: { description: 'The clock stands there', schema: clock },
    202: { description: 'The clock stands there; some workflows are still at it', schema: clock },
  },
  problems: ['sandbox-only', 'impossible-time'],
  handle: async ({ body, caller }, { ledger }) => {
    const app = appOf(caller);
    const target = targetOf(await requireTestClock(ledger.pool, app), body);
    const actor = actorOf(caller);
    const acknowledged = body.wait
      ? await advanceAndSettle(ledger.pool, app, target, actor)
      : await advanceAtOnce(ledger.pool, app, target, actor).then(() => false);
    const now = await requireTestClock(ledger.pool, app);
    return { status: body.wait && !acknowledged ? 202 : 200, body: { now: toTime(now), acknowledged } };
  },
});

export const getClock = route({
  method: 'get',
  path: '/v1/test-clock',
  operation: 'getTestClock',
  summary: 'What time it is in a sandbox app',
  tag,
  scope: 'app',
  answers: {
    200: { description: 'The time', schema: z.object({ now: z.iso.datetime() }) },
  },
  problems: ['sandbox-only'],
  handle: async ({ caller }, { ledger }) => {
    const now = await requireTestClock(ledger.pool, appOf(caller));
    return { status: 200, body: { now: toTime(now) } };
  },
});

import { type Call, createClient } from './client.ts';
import { demoPolicy } from './policy.ts';
import { type Population, type Visit, gridHours } from './population.ts';
import { type Tally, newTally } from './tally.ts';
import { play } from './visit.ts';

export type DemoRun = {
  readonly appId: string;
  readonly tally: Tally;
  readonly flagged: number;
  readonly approved: number;
  readonly rejected: number;
};

export type RunOptions = {
  readonly apiUrl: string;
  readonly adminKey: string;
  readonly appId: string;
  readonly population: Population;
  readonly onPoint: (done: number, total: number) => void;
};

const usersAtOnce = 24;
const hourMs = 3_600_000;

/** Months differ in length; a run that begins on 1 March is the same whenever it is made. */
function nextFirstOfMarch(now: Date): number {
  const thisYear = Date.UTC(now.getUTCFullYear(), 2, 1);
  return thisYear > now.getTime() ? thisYear : Date.UTC(now.getUTCFullYear() + 1, 2, 1);
}

async function inParallel<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<unknown>) {
  const queue = [...items];
  const workers = Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  });
  await Promise.all(workers);
}

/** Moves the clock there and waits until every workflow that was due has taken in what fell due. */
async function moveClock(call: Call, to: number): Promise<void> {
  const body = { to: new Date(to).toISOString() };
  for (;;) {
    const { body: clock } = await call('POST', '/v1/test-clock/advance', body);
    if (clock.acknowledged === true) return;
    body.to = clock.now ?? body.to;
  }
}

const register = (call: Call, population: Population, start: number) =>
  inParallel(
    population.users.filter((user) => user.registeredDaysBefore !== null),
    usersAtOnce,
    (user) =>
      call('PUT', `/v1/users/${user.id}`, {
        registered_at: new Date(start - (user.registeredDaysBefore ?? 0) * 24 * hourMs).toISOString(),
        plan: user.plan,
        time_zone: user.timeZone,
      }),
  );

/** A growth person goes through the reviews: every other account is approved. */
async function decideReviews(growth: Call, counts: { flagged: number; approved: number; rejected: number }) {
  const { body } = await growth('GET', '/v1/reviews');
  for (const review of [...(body.reviews ?? [])].sort((a, b) => (a.user < b.user ? -1 : 1))) {
    counts.flagged += 1;
    const decision = counts.flagged % 2 === 1 ? 'reject' : 'approve';
    counts[decision === 'approve' ? 'approved' : 'rejected'] += 1;
    await growth('POST', `/v1/reviews/${review.id}/decision`, {
      decision,
      by: 'grace',
      note: decision === 'approve' ? 'a school class behind one key' : 'a script',
    });
  }
}

export async function runDemo(options: RunOptions): Promise<DemoRun> {
  const { apiUrl, appId, population, onPoint } = options;
  const admin = createClient(apiUrl, options.adminKey);
  const made = await admin('POST', '/v1/apps', {
    id: appId,
    name: 'Demo',
    mode: 'sandbox',
    policy: demoPolicy,
  });
  if (made.body.keys === undefined) throw new Error('the API made no keys');
  const call = createClient(apiUrl, made.body.keys.app);
  const growth = createClient(apiUrl, made.body.keys.growth);
  const start = nextFirstOfMarch(new Date());
  await moveClock(call, start);
  await register(call, population, start);
  const tally = newTally();
  const counts = { flagged: 0, approved: 0, rejected: 0 };
  let burstBefore: readonly Visit[] = [];
  for (const [point, visits] of population.visits.entries()) {
    const at = start + (point + 1) * gridHours * hourMs;
    await moveClock(call, at);
    const now = new Date(at).toISOString();
    // Scripts come back once before they are decided on, and once after.
    const returning = burstBefore.map((visit) => ({
      kind: 'burst' as const,
      user: visit.user,
      attempts: 3,
      isNew: false,
    }));
    await inParallel([...visits, ...returning], usersAtOnce, (visit) => play(call, tally, visit, now));
    if (burstBefore.length > 0 || point === population.visits.length - 1) {
      await decideReviews(growth, counts);
      await inParallel(returning, usersAtOnce, (visit) => play(call, tally, visit, now));
    }
    burstBefore = visits.filter((visit) => visit.kind === 'burst');
    onPoint(point + 1, population.visits.length);
  }
  // The last sessions run out, and the clock passes the end of the run.
  await moveClock(call, start + (population.visits.length + 1) * gridHours * hourMs);
  return { appId, tally, ...counts };
}

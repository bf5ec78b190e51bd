import { type Random, randomFrom, weighted } from './random.ts';
import { type TracedRequest, readConversations, readRequests, traceLengthMs } from './traces.ts';

/**
 * Who does what, and when. The traces have no users, so conversations are dealt to them:
 *
 * - The hour of the trace is stretched over the whole run; starts fall on a grid of six hours.
 * - The first twentieth of the users have the long conversations (four turns or more), dealt by 1/r; the others have the short
 *   ones, dealt by r^-0.6 (Zipf).
 * - Requests of the long ones come from the dearest fiftieth of the Azure rows and carry the conversation so far:
 *   the context of each turn is added to those before it. The tail is across users.
 * - These have two sittings a day, in which their conversations overlap; everybody else comes when the trace says.
 * - Every 83rd user is a script: new, and asking 25 times at once on one of its days.
 */
type Plan = 'reference' | 'generous';

export type DemoUser = {
  readonly id: string;
  readonly plan: Plan;
  readonly timeZone: string;
  /** Days before the start of the run; null for scripts, who register when they first appear. */
  readonly registeredDaysBefore: number | null;
};

export type Conversation = {
  readonly requests: readonly TracedRequest[];
  /** Whether the user says yes when asked about the last session. */
  readonly saysYes: boolean;
  /** Left open for the idle timeout to end. */
  readonly isAbandoned: boolean;
  /** Its calls are sent twice, as a client does that lost an answer. */
  readonly isRepeated: boolean;
};

/** What one user does at one point of the grid: conversations that overlap, or a script's burst. */
export type Visit =
  | {
      readonly kind: 'conversations';
      readonly user: DemoUser;
      readonly conversations: readonly Conversation[];
    }
  | { readonly kind: 'burst'; readonly user: DemoUser; readonly attempts: number; readonly isNew: boolean };

export type Population = {
  readonly users: readonly DemoUser[];
  /** Visits by grid point. */
  readonly visits: readonly (readonly Visit[])[];
};

export const gridHours = 6;
const pointsASitting = 12 / gridHours;
const scriptEvery = 83;
const timeZones = ['UTC', 'Europe/Rome', 'America/New_York', 'Asia/Kolkata'] as const;

function makeUsers(count: number, random: Random): readonly DemoUser[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `user-${String(index + 1).padStart(3, '0')}`,
    plan: index % 2 === 0 ? ('generous' as const) : ('reference' as const),
    timeZone: timeZones[random.below(timeZones.length)] ?? 'UTC',
    registeredDaysBefore: (index + 1) % scriptEvery === 0 ? null : 1 + random.below(300),
  }));
}

/** The second point of the same half day. */
const sittingOf = (point: number): number => point - (point % pointsASitting) + pointsASitting - 1;

function withHistory(requests: readonly TracedRequest[]): readonly TracedRequest[] {
  let carried = 0;
  return requests.map(({ inputTokens, outputTokens }) => {
    carried += inputTokens;
    return { inputTokens: carried, outputTokens };
  });
}

function drawConversation(
  turns: number,
  isHeavy: boolean,
  requests: readonly TracedRequest[],
  random: Random,
): Conversation {
  const cheapest = isHeavy ? Math.floor(requests.length * 0.98) : 0;
  const draw = () =>
    requests[cheapest + random.below(requests.length - cheapest)] ?? { inputTokens: 0, outputTokens: 0 };
  const drawn = Array.from({ length: turns }, draw);
  return {
    requests: isHeavy ? withHistory(drawn) : drawn,
    saysYes: random.share() < 0.85,
    isAbandoned: random.share() < 0.1,
    isRepeated: random.share() < 0.05,
  };
}

export function drawPopulation(seed: number, userCount: number, days: number): Population {
  const random = randomFrom(seed);
  const users = makeUsers(userCount, random);
  const requests = readRequests();
  const heavyCount = Math.max(1, Math.floor(userCount / 20));
  const weights = users.map((user, index) => (user.registeredDaysBefore === null ? 0 : (index + 1) ** -0.6));
  const drawLight = weighted(weights.map((weight, index) => (index < heavyCount ? 0 : weight)));
  const drawHeavy = weighted(weights.slice(0, heavyCount).map((_, index) => 1 / (index + 1)));
  const points = (days * 24) / gridHours;
  const byPoint = Array.from({ length: points }, () => new Map<number, Conversation[]>());
  for (const { startMs, turns } of readConversations()) {
    const index = turns >= 4 ? drawHeavy(random) : drawLight(random);
    const conversation = drawConversation(turns, index < heavyCount, requests, random);
    const traced = Math.min(points - 1, Math.floor((startMs / traceLengthMs) * points));
    const point = byPoint[index < heavyCount ? sittingOf(traced) : traced];
    point?.set(index, [...(point.get(index) ?? []), conversation]);
  }
  const scripts = users.filter((user) => user.registeredDaysBefore === null);
  const bursts = scripts.map((user) => ({ point: random.below(Math.max(1, points - 40)), user }));
  const visits = byPoint.map((visitors, point): Visit[] => [
    ...bursts
      .filter((burst) => burst.point === point)
      .map(({ user }) => ({ kind: 'burst' as const, user, attempts: 25, isNew: true })),
    ...[...visitors].flatMap(([index, conversations]): Visit[] => {
      const user = users[index];
      return user === undefined ? [] : [{ kind: 'conversations', user, conversations }];
    }),
  ]);
  return { users, visits };
}

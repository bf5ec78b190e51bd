import fc from 'fast-check';
import type { Random } from '../../examples/demo/random.ts';
import { planNames } from './policies.ts';

/** One thing that may happen to an account. `nth` picks among what the account has had, the newest first. */
export type Operation =
  | { readonly kind: 'ask'; readonly confirmed: boolean }
  /** `millicents`: ten micro-dollars each. `obedient`: not sent where the session was told to stop. */
  | { readonly kind: 'use'; readonly nth: number; readonly millicents: number; readonly obedient: boolean }
  | { readonly kind: 'repeat_use'; readonly nth: number }
  | { readonly kind: 'end'; readonly nth: number }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'register'; readonly zone: number; readonly plan: number; readonly age: number }
  | { readonly kind: 'review'; readonly decision: 'approve' | 'reject' }
  | { readonly kind: 'activate'; readonly nth: number }
  /** One call is authorized before it is made. */
  | { readonly kind: 'authorize'; readonly nth: number; readonly input: number; readonly output: number }
  /** The call that an authorization was for, by its share of the output tokens granted. */
  | { readonly kind: 'settle'; readonly nth: number; readonly share: number }
  /** `days`: 0 for one without an end. */
  | { readonly kind: 'grant'; readonly sessions: number; readonly cents: number; readonly days: number }
  | { readonly kind: 'override'; readonly perPeriod: number; readonly cents: number; readonly days: number }
  | { readonly kind: 'withdraw'; readonly nth: number }
  | { readonly kind: 'bill'; readonly event: 'upgraded' | 'downgraded' }
  /** The workflow writes what it has folded. */
  | { readonly kind: 'fold' }
  /** The process dies between the next decision and its commit. */
  | { readonly kind: 'crash' };

export const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'Pacific/Honolulu',
];

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Steps of the clock: a machine's, a person's, a night's, a silent season's; and an API host's that is behind. */
const waits = [0, 40, second, 20 * second, 3 * minute, 31 * minute, 5 * hour, day, 9 * day, 100 * day];
const behind = -1_500;

const kinds: readonly (readonly [Operation['kind'], number])[] = [
  ['ask', 30],
  ['use', 30],
  ['repeat_use', 5],
  ['end', 12],
  ['wait', 24],
  ['register', 3],
  ['review', 2],
  ['activate', 2],
  ['authorize', 12],
  ['settle', 10],
  ['grant', 1],
  ['override', 1],
  ['withdraw', 2],
  ['bill', 1],
  ['fold', 9],
  ['crash', 4],
];
const pool = kinds.flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind));

function drawWait(random: Random): number {
  if (random.below(25) === 0) return behind;
  // Long waits are rare, so that limits have the time to bind.
  const longest = 4 + random.below(waits.length - 3);
  const upTo = waits[random.below(longest)] ?? 0;
  return random.below(upTo + 1);
}

export function drawOperation(random: Random): Operation {
  const kind = pool[random.below(pool.length)] ?? 'ask';
  switch (kind) {
    case 'ask':
      return { kind, confirmed: random.below(2) === 0 };
    case 'use':
      return {
        kind,
        nth: random.below(random.below(8) === 0 ? 12 : 3),
        millicents: random.below(random.below(4) === 0 ? 30_000 : 6_000),
        obedient: random.below(4) > 0,
      };
    case 'repeat_use':
      return { kind, nth: random.below(5) };
    case 'end':
      return { kind, nth: random.below(4) };
    case 'wait':
      return { kind, milliseconds: drawWait(random) };
    case 'register':
      return {
        kind,
        zone: random.below(zones.length + 1),
        plan: random.below(planNames.length + 1),
        age: random.below(3) === 0 ? random.below(3 * day) : 0,
      };
    case 'review':
      return { kind, decision: random.below(3) === 0 ? 'reject' : 'approve' };
    case 'activate':
      return { kind, nth: random.below(planNames.length) };
    case 'authorize':
      return { kind, nth: random.below(4), input: random.below(20_000), output: random.below(12_000) };
    case 'settle':
      return { kind, nth: random.below(4), share: random.below(101) / 100 };
    case 'grant':
      return { kind, sessions: random.below(5), cents: random.below(100), days: random.below(12) };
    case 'override':
      return { kind, perPeriod: 1 + random.below(30), cents: 50 + random.below(500), days: random.below(12) };
    case 'withdraw':
      return { kind, nth: random.below(3) };
    case 'bill':
      // Who pays is soon told of the end of it, so that lives are not spent without limits.
      return { kind, event: random.below(3) === 0 ? 'upgraded' : 'downgraded' };
    case 'fold':
    case 'crash':
      return { kind };
    default:
      return kind satisfies never;
  }
}

const only = <Kind extends Operation['kind']>(kind: Kind) => fc.constant(kind);

/** The same operations for fast-check, which shrinks a life that breaks a promise to the shortest one that does. */
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: only('ask'), confirmed: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: only('use'),
      nth: fc.nat(6),
      millicents: fc.nat(30_000),
      obedient: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: only('repeat_use'), nth: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ kind: only('end'), nth: fc.nat(6) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: only('wait'), milliseconds: fc.integer({ min: behind, max: 40 * day }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: only('register'),
      zone: fc.nat(zones.length),
      plan: fc.nat(planNames.length),
      age: fc.nat(3 * day),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: only('review'),
      decision: fc.constantFrom('approve' as const, 'reject' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: only('activate'), nth: fc.nat(planNames.length - 1) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: only('authorize'),
      nth: fc.nat(6),
      input: fc.nat(20_000),
      output: fc.nat(12_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: only('settle'),
      nth: fc.nat(6),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: only('grant'),
      sessions: fc.nat(5),
      cents: fc.nat(100),
      days: fc.nat(40),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: only('override'),
      perPeriod: fc.integer({ min: 1, max: 30 }),
      cents: fc.integer({ min: 50, max: 500 }),
      days: fc.nat(40),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: only('withdraw'), nth: fc.nat(5) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: only('bill'),
      event: fc.constantFrom('upgraded' as const, 'downgraded' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: only('fold') }) },
  { weight: 1, arbitrary: fc.record({ kind: only('crash') }) },
);

export const lives: fc.Arbitrary<Operation[]> = fc.array(operation, { minLength: 1, maxLength: 90 });

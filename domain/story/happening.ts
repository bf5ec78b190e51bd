import type { IssuedCommand } from '../account/command.ts';
import type { Authorization, Crossing, Period, Review, Session, UsageEvent } from '../account/state.ts';
import type { Instant } from '../instant.ts';
import type { AccountRecord, Nudge, PolicyChange, ResetNotice } from './record.ts';

/** One thing that happened to an account, as its rows tell it. */
export type Happening = {
  /** Names it for good, so that a reader can go on after it. */
  readonly id: string;
  readonly at: Instant;
  /** The account's version that wrote it, null where the row has none. */
  readonly version: number | null;
} & What;

type What =
  | { readonly kind: 'period_opened'; readonly period: Period }
  | { readonly kind: 'session_admitted'; readonly session: Session }
  /** `attempts`: how many at that very instant. */
  | { readonly kind: 'session_refused'; readonly attempts: number }
  | { readonly kind: 'call_authorized'; readonly authorization: Authorization }
  | { readonly kind: 'authorization_expired'; readonly authorization: Authorization }
  | { readonly kind: 'usage_counted'; readonly event: UsageEvent }
  | { readonly kind: 'session_ended'; readonly session: Session }
  | { readonly kind: 'step_crossed'; readonly crossing: Crossing }
  | { readonly kind: 'nudge_decided'; readonly nudge: Nudge }
  | { readonly kind: 'reset_announced'; readonly reset: ResetNotice }
  | { readonly kind: 'review_opened'; readonly review: Review }
  | { readonly kind: 'act'; readonly command: IssuedCommand }
  | { readonly kind: 'policy_changed'; readonly change: PolicyChange };

type HappeningKind = What['kind'];

/** The order of things that one decision wrote: what time had changed, what the risk rule saw, the act, what it crossed. */
const ranks: Readonly<Record<HappeningKind, number>> = {
  authorization_expired: -1,
  session_ended: 0,
  period_opened: 1,
  review_opened: 2,
  act: 3,
  policy_changed: 3,
  call_authorized: 4,
  session_admitted: 4,
  session_refused: 4,
  usage_counted: 4,
  step_crossed: 5,
  nudge_decided: 6,
  reset_announced: 6,
};

/** A session that a person ended is the act itself; one that expired was settled before it. */
const rankOf = (one: Happening): number =>
  one.kind === 'session_ended' && one.session.end === 'ended' ? 4 : ranks[one.kind];

/** Its turn in a batch, which counts events and crosses steps: a step comes after the events counted by then. 0: none. */
function turnOf(one: Happening): number {
  if (one.kind === 'usage_counted') return 2 * one.event.ordinal + 2;
  return one.kind === 'step_crossed' ? 2 * one.crossing.ordinal + 1 : 0;
}

function endOf(session: Session): Happening[] {
  if (session.endedAt === null) return [];
  const { endedAt: at, endedVersion: version } = session;
  return [{ id: `session_ended:${session.id}`, at, version, kind: 'session_ended', session }];
}

function expiryOf(authorization: Authorization): Happening[] {
  if (authorization.close !== 'expired' || authorization.closedAt === null) return [];
  const id = `authorization_expired:${authorization.sessionId}:${authorization.id}`;
  return [{ id, at: authorization.closedAt, version: null, kind: 'authorization_expired', authorization }];
}

/** Acts that were written before they carried a version are told by their time. */
const versionOfAct = ({ version }: IssuedCommand): number | null => (version === 0 ? null : version);

/** A review opens with the act that flags the account. */
function versionOfReview({ commands }: AccountRecord, { id }: Review): number | null {
  const flag = commands.find((command) => command.kind === 'flag' && command.reviewId === id);
  return flag === undefined ? null : versionOfAct(flag);
}

const ofDecisions = (record: AccountRecord): Happening[] => [
  ...record.sessions.map((session) => ({
    id: `session_admitted:${session.id}`,
    at: session.startedAt,
    version: session.admittedVersion,
    kind: 'session_admitted' as const,
    session,
  })),
  ...record.sessions.flatMap(endOf),
  ...record.authorizations.map((authorization) => ({
    id: `call_authorized:${authorization.sessionId}:${authorization.id}`,
    at: authorization.authorizedAt,
    version: authorization.version,
    kind: 'call_authorized' as const,
    authorization,
  })),
  ...record.usageEvents.map((event) => ({
    id: `usage_counted:${event.id}`,
    at: event.recordedAt,
    version: event.version,
    kind: 'usage_counted' as const,
    event,
  })),
  ...record.crossings.map((crossing) => ({
    id: `step_crossed:${crossing.period}:${crossing.threshold}`,
    at: crossing.at,
    version: crossing.version,
    kind: 'step_crossed' as const,
    crossing,
  })),
  ...record.reviews.map((review) => ({
    id: `review_opened:${review.id}`,
    at: review.openedAt,
    version: versionOfReview(record, review),
    kind: 'review_opened' as const,
    review,
  })),
  ...record.commands.map((command) => ({
    id: `act:${command.number}`,
    at: command.at,
    version: versionOfAct(command),
    kind: 'act' as const,
    command,
  })),
  ...record.policyChanges.map((change) => ({
    id: `policy_changed:${change.version}`,
    at: change.at,
    version: change.version,
    kind: 'policy_changed' as const,
    change,
  })),
];

/** Attempts that made no session were refused; of these the ledger keeps the last instants alone. */
function refusals(record: AccountRecord): Happening[] {
  const refusedAt = new Map<Instant, number>();
  for (const at of record.account.recentAttempts) refusedAt.set(at, (refusedAt.get(at) ?? 0) + 1);
  for (const { startedAt: at } of record.sessions) {
    const attempts = refusedAt.get(at);
    if (attempts !== undefined) refusedAt.set(at, attempts - 1);
  }
  return [...refusedAt]
    .filter(([, attempts]) => attempts > 0)
    .map(([at, attempts]) => ({
      id: `session_refused:${at}`,
      at,
      version: null,
      kind: 'session_refused',
      attempts,
    }));
}

/** A period as it opened: under the policy that it had before it was put under another. */
function asOpened({ policyChanges }: AccountRecord, period: Period): Period {
  const [first] = policyChanges
    .filter((change) => change.period === period.number)
    .sort((left, right) => left.version - right.version);
  return first === undefined ? period : { ...period, policyVersion: first.former };
}

const ofTime = (record: AccountRecord): Happening[] => [
  ...record.authorizations.flatMap(expiryOf),
  ...refusals(record),
  ...record.periods.map((period) => ({
    id: `period_opened:${period.number}`,
    at: period.startsAt,
    version: null,
    kind: 'period_opened' as const,
    period: asOpened(record, period),
  })),
  ...record.nudges.map((nudge) => ({
    id: `nudge_decided:${nudge.period}:${nudge.threshold}`,
    at: nudge.at,
    version: null,
    kind: 'nudge_decided' as const,
    nudge,
  })),
  ...record.resets.map((reset) => ({
    id: `reset_announced:${reset.period}`,
    at: reset.at,
    version: null,
    kind: 'reset_announced' as const,
    reset,
  })),
];

const inTime = (left: Happening, right: Happening): number =>
  left.at - right.at || rankOf(left) - rankOf(right);

const byName = (left: Happening, right: Happening): number => (left.id < right.id ? -1 : 1);

/** Counting events and crossing steps take turns in a batch; all else goes by its rank. */
function inDecision(left: Happening, right: Happening): number {
  const inTurns = turnOf(left) > 0 && turnOf(right) > 0;
  return left.at - right.at || (inTurns ? turnOf(left) - turnOf(right) : 0) || inTime(left, right);
}

const inVersion = (left: Happening, right: Happening): number =>
  (left.version ?? 0) - (right.version ?? 0) || inDecision(left, right) || byName(left, right);

/** The account's story: by version where rows have one, the rest merged in by time. Always in the same order. */
export function happeningsOf(record: AccountRecord): readonly Happening[] {
  const all = [...ofDecisions(record), ...ofTime(record)];
  const told = all.filter(({ version }) => version !== null).sort(inVersion);
  const rest = all
    .filter(({ version }) => version === null)
    .sort((left, right) => inTime(left, right) || byName(left, right));
  const merged: Happening[] = [];
  let next = 0;
  for (const one of told) {
    for (let other = rest[next]; other !== undefined && inTime(other, one) < 0; other = rest[next]) {
      merged.push(other);
      next += 1;
    }
    merged.push(one);
  }
  return [...merged, ...rest.slice(next)];
}

import { standings } from '../domain/account/standing.ts';
import type { AccountTotals } from '../domain/totals.ts';
import type { FreeTierState } from './state.ts';

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
/** The last instant that has a date; no count is larger either. */
const most = 8.64e15;
const isCount = (value: unknown): boolean =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= most;
const areCounts = (record: Fields, names: readonly string[]): boolean =>
  names.every((name) => isCount(record[name]));

const areTexts = (record: Fields, names: readonly string[]): boolean =>
  names.every((name) => typeof record[name] === 'string');
const isMissingOr =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || check(value);
const isFlag = isMissingOr((value) => typeof value === 'boolean');
const isInstantOrNull = isMissingOr((value) => value === null || isCount(value));

const isTraceparent = isMissingOr((value) => typeof value === 'string' && /^[0-9a-f-]{55}$/.test(value));

const isArm = isMissingOr((value) => [null, 'ladder', 'holdout'].some((arm) => arm === value));

const isLimitHit = (value: unknown): boolean => isRecord(value) && areCounts(value, ['period', 'at']);
const areLimitHits = isMissingOr((value) => Array.isArray(value) && value.every(isLimitHit));

const isCrossing = (value: unknown): boolean =>
  isRecord(value) &&
  areCounts(value, ['threshold', 'at']) &&
  ['sessions', 'usage'].includes(String(value['dimension'])) &&
  [null, 'delivered', 'passed', 'lapsed', 'withheld'].some((decision) => decision === value['decided']);

const periodCounts = [
  'number',
  'startsAt',
  'endsAt',
  'sessionsUsed',
  'sessionsLimit',
  'spent',
  'held',
  'visibleBudget',
  'hardBudget',
  'overshoot',
  'percent',
];

const isPeriod = (value: unknown): boolean =>
  isRecord(value) &&
  areCounts(value, periodCounts) &&
  typeof value['timeZone'] === 'string' &&
  typeof value['plan'] === 'string' &&
  Array.isArray(value['crossings']) &&
  value['crossings'].every(isCrossing) &&
  isFlag(value['accounted']) &&
  isInstantOrNull(value['soonAt']) &&
  isArm(value['arm']);

const isEntitlement = (value: unknown): boolean =>
  isRecord(value) &&
  areCounts(value, ['version', 'foldedThrough']) &&
  standings.some((standing) => standing === value['standing']);

const commandKinds = new Set([
  'flag',
  'approve',
  'reject',
  'recheck',
  'grant',
  'override',
  'withdraw',
  'upgrade',
  'downgrade',
]);

const isCommand = (value: unknown): boolean =>
  isRecord(value) &&
  areCounts(value, ['number', 'at']) &&
  commandKinds.has(String(value['kind'])) &&
  areTexts(value, ['key', 'by', 'note']);

const isRiskSignal = (value: unknown): boolean =>
  isRecord(value) && areCounts(value, ['points']) && areTexts(value, ['name', 'detail']);

/** Ledgers of before reviews were told send none. */
const isReview = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (isRecord(value) &&
    areTexts(value, ['id']) &&
    areCounts(value, ['openedAt', 'dueAt', 'escalateAfter', 'score']) &&
    value['afterwards'] === 'keep_and_recheck' &&
    Array.isArray(value['signals']) &&
    value['signals'].every(isRiskSignal));

/**
 * True for totals of this very account. Written by hand because a schema library has no place in the workflow bundle;
 * what anybody may type in the Temporal UI must never fail a task.
 */
export const isTotalsOf = (
  account: Pick<FreeTierState, 'appId' | 'userId'>,
  value: unknown,
): value is AccountTotals =>
  isRecord(value) &&
  value['v'] === 1 &&
  value['appId'] === account.appId &&
  value['userId'] === account.userId &&
  areCounts(value, ['epoch', 'seq', 'clockOffset', 'resetJitter', 'riskScore']) &&
  isEntitlement(value['entitlement']) &&
  isReview(value['review']) &&
  Array.isArray(value['commands']) &&
  value['commands'].every(isCommand) &&
  areLimitHits(value['limitHits']) &&
  isTraceparent(value['traceparent']) &&
  Array.isArray(value['periods']) &&
  value['periods'].length > 0 &&
  value['periods'].every(isPeriod);

import type { AccountTotals } from '../domain/totals.ts';
import type { FreeTierState } from './state.ts';

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const areCounts = (record: Fields, names: readonly string[]): boolean =>
  names.every((name) => isCount(record[name]));

const isCrossing = (value: unknown): boolean =>
  isRecord(value) &&
  areCounts(value, ['threshold', 'at']) &&
  ['sessions', 'usage'].includes(String(value['dimension'])) &&
  [null, 'delivered', 'passed', 'lapsed'].some((decision) => decision === value['decided']);

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
  value['crossings'].every(isCrossing);

const isEntitlement = (value: unknown): boolean =>
  isRecord(value) &&
  areCounts(value, ['version', 'foldedThrough']) &&
  ['good', 'restricted', 'under_review', 'suspended'].includes(String(value['standing']));

const commandKinds = new Set([
  'flag',
  'approve',
  'reject',
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
  ['key', 'by', 'note'].every((name) => typeof value[name] === 'string');

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
  Array.isArray(value['commands']) &&
  value['commands'].every(isCommand) &&
  Array.isArray(value['periods']) &&
  value['periods'].length > 0 &&
  value['periods'].every(isPeriod);

import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { SearchAttributePair } from '@temporalio/common';
import { type Listed, attributesOf, percentListed, usagePercent } from './attributes.ts';
import { type FreeTierState, currentPeriodOf } from './state.ts';

export function listedOf(state: FreeTierState): Listed {
  const current = currentPeriodOf(state);
  return {
    appId: state.appId,
    standing: state.entitlement.standing,
    riskScore: state.riskScore,
    percent: current?.percent ?? 0,
    resetsAt: current?.endsAt ?? null,
  };
}

const isSame = (left: unknown, right: unknown): boolean =>
  left instanceof Date && right instanceof Date ? left.getTime() === right.getTime() : left === right;

/** Only what changed is written. */
export function showSearchAttributes(state: FreeTierState, isThrifty: boolean): void {
  const { typedSearchAttributes: shown } = workflowInfo();
  const current = currentPeriodOf(state);
  const listed = listedOf(state);
  const percent =
    isThrifty && current !== null ? percentListed(shown.get(usagePercent) ?? null, current) : listed.percent;
  const changed = attributesOf({ ...listed, percent }).filter(
    ({ key, value }: SearchAttributePair) => !isSame(shown.get(key), value),
  );
  if (changed.length > 0) upsertSearchAttributes(changed);
}

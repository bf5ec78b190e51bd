import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { type SearchAttributeUpdatePair, defineSearchAttributeKey } from '@temporalio/common';
import { freeTierSearchAttributes } from '../domain/search-attributes.ts';
import { type FreeTierState, currentPeriodOf } from './state.ts';

const app = defineSearchAttributeKey('App', freeTierSearchAttributes.App);
const standing = defineSearchAttributeKey('Standing', freeTierSearchAttributes.Standing);
const usagePercent = defineSearchAttributeKey('UsagePercent', freeTierSearchAttributes.UsagePercent);
const riskScore = defineSearchAttributeKey('RiskScore', freeTierSearchAttributes.RiskScore);
const resetsAt = defineSearchAttributeKey('ResetsAt', freeTierSearchAttributes.ResetsAt);

/** Every upsert rewrites a row with dozens of indexes in the visibility store, so only what changed is written. */
export function showSearchAttributes(state: FreeTierState): void {
  const shown = workflowInfo().typedSearchAttributes;
  const current = currentPeriodOf(state);
  const wanted: SearchAttributeUpdatePair[] = [
    { key: app, value: state.appId },
    { key: standing, value: state.entitlement.standing },
    { key: usagePercent, value: current?.percent ?? 0 },
    { key: riskScore, value: state.riskScore },
    ...(current === null ? [] : [{ key: resetsAt, value: new Date(current.endsAt) }]),
  ];
  const changed = wanted.filter(({ key, value }) => {
    const before = shown.get(key);
    return before instanceof Date && value instanceof Date
      ? before.getTime() !== value.getTime()
      : before !== value;
  });
  if (changed.length > 0) upsertSearchAttributes(changed);
}

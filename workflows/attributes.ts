import { type SearchAttributePair, defineSearchAttributeKey } from '@temporalio/common';
import { fold } from '../domain/account/entitlement.ts';
import type { Standing } from '../domain/account/standing.ts';
import type { AppId } from '../domain/ids.ts';
import { freeTierSearchAttributes } from '../domain/search-attributes.ts';
import type { AccountTotals, PeriodTotals } from '../domain/totals.ts';

const app = defineSearchAttributeKey('App', freeTierSearchAttributes.App);
const standing = defineSearchAttributeKey('Standing', freeTierSearchAttributes.Standing);
export const usagePercent = defineSearchAttributeKey('UsagePercent', freeTierSearchAttributes.UsagePercent);
const riskScore = defineSearchAttributeKey('RiskScore', freeTierSearchAttributes.RiskScore);
const resetsAt = defineSearchAttributeKey('ResetsAt', freeTierSearchAttributes.ResetsAt);

/** What lists in the Temporal UI show of an account. */
export type Listed = {
  readonly appId: AppId;
  readonly standing: Standing;
  readonly riskScore: number;
  readonly percent: number;
  readonly resetsAt: number | null;
};

/** Free of the workflow SDK: the relay starts a run with them, so that its history need not write them. */
export const attributesOf = (listed: Listed): SearchAttributePair[] => [
  { key: app, value: listed.appId },
  { key: standing, value: listed.standing },
  { key: usagePercent, value: listed.percent },
  { key: riskScore, value: listed.riskScore },
  ...(listed.resetsAt === null ? [] : [{ key: resetsAt, value: new Date(listed.resetsAt) }]),
];

/** As the workflow will list it once it has taken these totals in. */
export function listedFirst(totals: AccountTotals): Listed {
  const current = totals.periods.at(-1);
  return {
    appId: totals.appId,
    standing: fold(totals.entitlement, totals.commands).standing,
    riskScore: totals.riskScore,
    percent: current?.percent ?? 0,
    resetsAt: current?.endsAt ?? null,
  };
}

/**
 * The percent that lists show moves with the steps of the ladder: each write is an event and rewrites a row with dozens
 * of indexes in the visibility store. The card shows it as it is.
 * @param shown what is shown now, null where nothing is
 */
export function percentListed(shown: number | null, current: PeriodTotals): number {
  const step = Math.max(0, ...current.crossings.map(({ threshold }) => threshold));
  const isStillTrue = shown !== null && step <= shown && shown <= current.percent;
  return isStillTrue ? shown : current.percent;
}

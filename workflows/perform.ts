import { proxyLocalActivities, proxySinks, sleep } from '@temporalio/workflow';
import type { FreeTierActivities, OfAccount, Words } from '../activities/free-tier-activities.ts';
import type { Instant } from '../domain/instant.ts';
import type { Notice } from '../domain/notice/notice.ts';
import {
  withActRecorded,
  withEntitlement,
  withNudges,
  withResetAnnounced,
  withResetSoonAnnounced,
  withReviewTold,
} from './apply-result.ts';
import type { Step } from './next-step.ts';
import { type Acknowledged, type FreeTierState, currentPeriodOf, noted } from './state.ts';
import { summaryOf } from './summaries.ts';
import { takeIn } from './take-in.ts';

/** One statement or two against the ledger each: local activities, a single history event instead of three. */
const activitiesFor = (summary: string) =>
  proxyLocalActivities<FreeTierActivities>({
    startToCloseTimeout: '10 seconds',
    localRetryThreshold: '10 seconds',
    retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
    summary,
  });

type Activities = ReturnType<typeof activitiesFor>;

/** Said outside of the history, and so perhaps in vain. */
const words = proxySinks<Words>();

/** What every step needs to know. */
type Doing = { readonly activities: Activities; readonly account: OfAccount; readonly isThrifty: boolean };

/** What a step made of the state, to be applied to the state as it is then; `gone`: the ledger knows no such account. */
export type Change = ((state: FreeTierState, now: Instant) => FreeTierState) | 'gone';

const unchangedInWords = {
  no_review: 'no review is open',
  other_review: 'it is about another review',
  already_rejected: 'the account is suspended already',
  over: 'its end is not in the future',
  too_many: 'there are as many grants and overrides as there may be',
} as const;

async function recordAct(
  { activities, account }: Doing,
  step: Extract<Step, { kind: 'record_act' }>,
): Promise<Change> {
  const { act } = step;
  const { totals, unchanged } = await activities.recordAct({ ...account, act });
  return (state, now) => {
    const recorded = withActRecorded(takeIn(state, totals), act.key);
    if (unchanged === null) return recorded;
    const text = `${act.decision} by ${act.by} changed nothing: ${unchangedInWords[unchanged]}`;
    return noted(recorded, { kind: 'problem', at: now, text });
  };
}

type Delivered = Omit<Parameters<Activities['deliverToInbox']>[0], keyof OfAccount>;

/** What was decided and the notice in the inbox in one statement, then a row for each endpoint and address. */
async function deliver({ activities, account, isThrifty }: Doing, delivered: Delivered): Promise<void> {
  if (isThrifty) return activities.deliver({ ...account, ...delivered });
  await activities.deliverToInbox({ ...account, ...delivered });
  const { period, notice } = delivered;
  if (notice !== null) await activities.deliverByWebhook({ ...account, period, notice });
}

async function decideNudges(
  doing: Doing,
  { period, nudges }: Extract<Step, { kind: 'decide_nudges' }>,
): Promise<Change> {
  const delivered = nudges.find((nudge) => nudge.decision === 'delivered');
  const notice: Notice | null =
    delivered === undefined
      ? null
      : {
          kind: 'nudge',
          period: period.number,
          threshold: delivered.threshold,
          dimension: delivered.dimension,
        };
  await deliver(doing, { period, nudges, notice });
  return (state, now) => withNudges(state, nudges, now);
}

async function openPeriod({ activities, account }: Doing, known: FreeTierState): Promise<Change> {
  const totals = await activities.openPeriod(account);
  if (totals === null) return 'gone';
  // The ledger's clock rules: where it is behind ours, it is asked again.
  const before = currentPeriodOf(known)?.number ?? 0;
  const isOpened = (totals.periods.at(-1)?.number ?? 0) > before;
  if (!isOpened) await sleep('1 second', { summary: 'the period has not ended on the ledger’s clock' });
  return (state) => takeIn(state, totals);
}

async function announceReset(
  doing: Doing,
  { period, notice, ended }: Extract<Step, { kind: 'announce_reset' }>,
): Promise<Change> {
  const toUser = notice !== null;
  if (toUser) await deliver(doing, { period, nudges: [], notice, accounted: ended });
  // What the notice's own statement has accounted for need not be told again.
  const left = toUser ? [] : ended;
  return (state) => withResetAnnounced(state, { period: period.number, toUser, ended: left });
}

async function announceResetSoon(
  doing: Doing,
  { period, notice }: Extract<Step, { kind: 'announce_reset_soon' }>,
): Promise<Change> {
  await deliver(doing, { period, nudges: [], notice });
  return (state, now) => withResetSoonAnnounced(state, period.number, now);
}

/**
 * Tells the ledger what was taken in and decided; the periods accounted for by then need not be told again. A word that
 * only says what was heard may be lost, since it is then told again; the last one and one about periods may not.
 */
async function acknowledge(
  { activities, account, isThrifty }: Doing,
  word: Acknowledged,
  known: FreeTierState,
): Promise<Change> {
  const { accounted } = known;
  const mayBeLost = isThrifty && word.wakeAt !== null && accounted.length === 0;
  if (mayBeLost) words.ledger.acknowledge({ ...account, ...word });
  else await activities.acknowledge({ ...account, ...word, accounted });
  return (state) => ({
    ...state,
    acknowledged: word,
    accounted: state.accounted.filter((number) => !accounted.includes(number)),
  });
}

async function recheckReview(
  { activities, account }: Doing,
  { review }: Extract<Step, { kind: 'recheck_review' }>,
): Promise<Change> {
  const { totals } = await activities.recheckReview({ ...account, review });
  return (state) => takeIn(state, totals);
}

/** Does one step. Every activity may run again with the same words, so a crash in between repeats it harmlessly. */
export async function perform(
  step: Exclude<Step, { kind: 'wait' }>,
  known: FreeTierState,
  isThrifty: boolean,
): Promise<Change> {
  const { appId, userId, traceparent } = known;
  const account: OfAccount = { appId, userId, ...(traceparent === null ? {} : { traceparent }) };
  const activities = activitiesFor(summaryOf(step));
  const doing: Doing = { activities, account, isThrifty };
  switch (step.kind) {
    case 'record_act':
      return recordAct(doing, step);
    case 'write_entitlement': {
      const stored = await activities.writeEntitlement({ ...account, entitlement: step.entitlement });
      return (state) => withEntitlement(state, stored);
    }
    case 'decide_nudges':
      return decideNudges(doing, step);
    case 'open_period':
      return openPeriod(doing, known);
    case 'announce_reset':
      return announceReset(doing, step);
    case 'announce_reset_soon':
      return announceResetSoon(doing, step);
    case 'tell_of_review': {
      const { review, standing, duty } = step;
      const event = duty === 'remind' ? 'due' : 'escalated';
      await activities.tellOfReview({ ...account, review, standing, event });
      return (state, now) => withReviewTold(state, review, duty, now);
    }
    case 'recheck_review':
      return recheckReview(doing, step);
    case 'acknowledge':
    case 'end':
      return acknowledge(doing, step.word, known);
    default:
      return step satisfies never;
  }
}

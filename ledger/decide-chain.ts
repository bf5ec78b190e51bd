import { addedTo, currentPeriod } from '../domain/account/change.ts';
import type { DecisionContext } from '../domain/account/context.ts';
import { entitlementInForce } from '../domain/account/entitlement.ts';
import { nextChange } from '../domain/account/modifier.ts';
import { ownTime } from '../domain/account/own-time.ts';
import { type AccountState, type Added, nothingAdded } from '../domain/account/state.ts';
import { type Instant, earliest, instant } from '../domain/instant.ts';
import { type Telling, sessionEndsToldEvery, together, untold, worthTelling } from '../domain/telling.ts';
import {
  type AppStand,
  type KnownRepeats,
  type LoadedAccount,
  type StoredAnswer,
  type StoredUsageEvent,
  lookupOf,
} from './account-snapshot.ts';
import { type Commit, hasChanged } from './commit.ts';
import type { Task } from './decision.ts';
import { freshIds } from './fresh-ids.ts';

/** What a chain of decisions on one account starts from. */
export type ChainStart = AppStand &
  KnownRepeats & {
    readonly state: AccountState;
    readonly databaseNow: number;
    readonly policyOf: DecisionContext['policyOf'];
  };

/** A decision that was made and waits for its commit. */
type MadeDecision = { readonly task: Task; readonly answer: unknown; readonly version: number };

export type Chain = {
  readonly made: readonly MadeDecision[];
  /** Decisions that threw: nothing of them is in the commit. */
  readonly failed: readonly { readonly task: Task; readonly error: unknown }[];
  readonly commit: Commit;
};

const appNow = ({ databaseNow, clockOffset, state }: ChainStart): Instant =>
  ownTime(state, instant(databaseNow + clockOffset));

const newWake = (before: AccountState, after: AccountState): Instant | null =>
  before.account.currentPeriod === after.account.currentPeriod ? null : currentPeriod(after).endsAt;

/**
 * Until when a decision's view of the calendar holds: the end of the period and of the day it judged, and the next instant
 * at which a grant or an override starts or ends.
 */
function validUntil(state: AccountState, now: Instant): Instant | null {
  const { account, periods } = state;
  const period = periods.find(({ number }) => number === account.currentPeriod);
  const change = nextChange(entitlementInForce(state).modifiers ?? [], now);
  const ends = [period?.endsAt, account.day?.endsAt, change];
  return earliest(ends.filter((at) => at !== undefined && at !== null));
}

/** What a chain knows so far: each decision sees those before it as if they had been committed. */
type Link = {
  readonly state: AccountState;
  readonly added: Added;
  readonly usageEvents: readonly StoredUsageEvent[];
  readonly answers: readonly StoredAnswer[];
  readonly telling: Telling;
  /** Of the last decision that is worth telling. */
  readonly traceparent: string | null;
};

function seenBy(task: Task, link: Link, start: ChainStart): LoadedAccount {
  const { usageEventIds, idempotencyKey } = task.address;
  return {
    clockOffset: start.clockOffset,
    mode: start.mode,
    policyVersion: start.policyVersion,
    now: appNow(start),
    state: link.state,
    usageEvents:
      usageEventIds === undefined ? [] : link.usageEvents.filter((event) => usageEventIds.includes(event.id)),
    answers: link.answers.filter((answer) => answer.key === idempotencyKey),
  };
}

/** Makes one decision; the next starts from what it left. */
function next(link: Link, task: Task, start: ChainStart): { readonly link: Link; readonly answer: unknown } {
  const loaded = seenBy(task, link, start);
  const context: DecisionContext = {
    now: loaded.now,
    policyVersion: start.policyVersion,
    policyOf: start.policyOf,
    fresh: freshIds(),
  };
  const { state, answer, remember } = task.decide(loaded, context);
  if (!hasChanged(link.state, state)) return { link, answer };
  const { added } = state;
  const telling = task.options.telling ?? worthTelling(link.state, state, context);
  return {
    answer,
    link: {
      state: {
        ...state,
        account: { ...state.account, version: link.state.account.version + 1 },
        added: nothingAdded,
      },
      added: added === nothingAdded ? link.added : addedTo(link.added, added),
      usageEvents: [...link.usageEvents, ...added.usageEvents],
      answers: remember === null || remember === undefined ? link.answers : [...link.answers, remember],
      telling: together(link.telling, telling),
      traceparent: telling.how === 'not' ? link.traceparent : (task.traceparent ?? link.traceparent),
    },
  };
}

/** An id names an authorization only within its session. */
const authorizationsLacking = (tasks: readonly Task[], { authorizations }: AccountState): readonly string[] =>
  tasks.flatMap(({ address: { sessionId: session, authorizationIds = [] } }) =>
    authorizationIds.filter(
      (asked) => !authorizations.some(({ id, sessionId: of }) => id === asked && of === session),
    ),
  );

const lacking = (asked: readonly string[], known: readonly string[]): readonly string[] =>
  asked.filter((id) => !known.includes(id));

/**
 * Decides several requests for one account, one after the other, as they would be decided if each had been
 * committed before the next: what they leave behind is one commit.
 */
export function decideChain(tasks: readonly Task[], start: ChainStart): Chain {
  const first: Link = {
    state: start.state,
    added: nothingAdded,
    usageEvents: start.usageEvents,
    answers: start.answers,
    telling: untold,
    traceparent: null,
  };
  const made: MadeDecision[] = [];
  const failed: { task: Task; error: unknown }[] = [];
  let last = first;
  for (const task of tasks) {
    try {
      const { link, answer } = next(last, task, start);
      last = link;
      made.push({ task, answer, version: link.state.account.version });
    } catch (error) {
      failed.push({ task, error });
    }
  }
  const { appId, userId } = start.state.account;
  const lookup = lookupOf(
    appId,
    userId,
    tasks.map(({ address }) => address),
  );
  const after: AccountState = { ...last.state, added: last.added };
  const isMoved = last !== first;
  return {
    made,
    failed,
    commit: {
      lookup,
      takenForNew: {
        eventIds: lacking(
          lookup.event_ids,
          start.usageEvents.map(({ id }) => id),
        ),
        authorizationIds: authorizationsLacking(tasks, start.state),
        answerKeys: lacking(
          lookup.answer_keys,
          start.answers.map(({ key }) => key),
        ),
      },
      before: start.state,
      after: isMoved ? after : start.state,
      app: { clockOffset: start.clockOffset, mode: start.mode, policyVersion: start.policyVersion },
      decidedAt: start.databaseNow,
      validUntil: validUntil(after, appNow(start)),
      telling: last.telling,
      traceparent: last.traceparent,
      pace: sessionEndsToldEvery[start.mode],
      wakeAt: isMoved ? newWake(start.state, after) : null,
      answers: last.answers.slice(start.answers.length),
    },
  };
}

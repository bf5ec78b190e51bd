import type { Entitlement } from '../domain/account/entitlement.ts';
import type { Extension, NotExtended } from '../domain/account/extend.ts';
import type { AppId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Notice } from '../domain/notice/notice.ts';
import type { DecidedNudge } from '../domain/notice/nudge.ts';
import type { ReviewNotice } from '../domain/risk/open-review.ts';
import type { NothingDecided } from '../domain/risk/review-decision.ts';
import type { AccountTotals, PeriodTotals } from '../domain/totals.ts';

/**
 * What an account's workflow can do to the world. Each may be called any number of times with the same words and does
 * the thing once.
 */
export type FreeTierActivities = {
  /** Writes a person's act as a command of the ledger; answers with the totals that hold it. */
  readonly recordAct: (request: ActRequest) => Promise<ActAnswer>;
  /** Stores an entitlement unless a newer one stands; answers with the one that stands. */
  readonly writeEntitlement: (
    request: OfAccount & { readonly entitlement: Entitlement },
  ) => Promise<Entitlement>;
  /** Opens the period that contains now on the ledger's clock. Null: the ledger knows no such account. */
  readonly openPeriod: (request: OfAccount) => Promise<AccountTotals | null>;
  readonly acknowledge: (request: AcknowledgeRequest) => Promise<void>;
  /** Stores what was decided of the crossings and, in the same statement, the notice in the user's inbox. */
  readonly deliverToInbox: (request: InboxRequest) => Promise<void>;
  /** Queues the notice for the app's webhook endpoint, if it has one. */
  readonly deliverByWebhook: (request: NoticeRequest) => Promise<void>;
  /** Both, for runs that began since there is one activity for them. */
  readonly deliver: (request: InboxRequest) => Promise<void>;
  /** Tells the app that a review is due, or the second channel that nobody decided it. */
  readonly tellOfReview: (request: OfAccount & ReviewNotice) => Promise<void>;
  /** Looks again at an account whose review nobody decided in time; answers with the totals that hold the outcome. */
  readonly recheckReview: (request: OfAccount & Pick<ReviewNotice, 'review'>) => Promise<ActAnswer>;
};

/** What a workflow says without waiting for an answer and without an event in its history. */
export type Words = {
  readonly ledger: { readonly acknowledge: (word: Omit<AcknowledgeRequest, 'accounted'>) => void };
};

export type OfAccount = {
  readonly appId: AppId;
  readonly userId: UserId;
  /** The request that led here; absent where nobody traces. */
  readonly traceparent?: string;
};

/** A person's word on an account; the same act keeps its key however often it is replayed or retried. */
export type HumanAct =
  | (Pick<Extension, 'by' | 'note' | 'key'> & { readonly decision: 'approve' | 'reject' | 'recheck' })
  | (Extension & { readonly decision: 'extend' });

export type ActRequest = OfAccount & { readonly act: HumanAct };

export type ActAnswer = {
  readonly totals: AccountTotals;
  /** Why the act changed nothing, null where it did. */
  readonly unchanged: NothingDecided['reason'] | NotExtended['reason'] | null;
};

type AcknowledgeRequest = OfAccount & {
  readonly epoch: number;
  readonly seq: number;
  readonly wakeAt: Instant | null;
  /** Ended periods of which all was decided; workflows of older code name none. */
  readonly accounted?: readonly number[];
};

type NoticeRequest = OfAccount & { readonly period: PeriodTotals; readonly notice: Notice };

type InboxRequest = OfAccount & {
  readonly period: PeriodTotals;
  readonly nudges: readonly DecidedNudge[];
  readonly notice: Notice | null;
  /** Ended periods that the notice accounts for. */
  readonly accounted?: readonly number[];
};

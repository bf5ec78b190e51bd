import { type BillingEvent, decideBilling } from '../../domain/account/billing.ts';
import { bringUpToDate } from '../../domain/account/bring-up-to-date.ts';
import type { DecisionContext } from '../../domain/account/context.ts';
import { fold } from '../../domain/account/entitlement.ts';
import { type ModifierAct, modify, withdraw } from '../../domain/account/modify.ts';
import { register } from '../../domain/account/register.ts';
import type { AccountState, Session } from '../../domain/account/state.ts';
import { type Admission, type AdmissionRequest, decideAdmission } from '../../domain/allowance/admission.ts';
import {
  type AuthorizationAnswer,
  type AuthorizationRequest,
  decideAuthorization,
} from '../../domain/allowance/authorization.ts';
import { decideEnd } from '../../domain/allowance/end-session.ts';
import {
  type UsageAnswer,
  type UsageRequest,
  decideUsage,
  decideUsageRepeat,
} from '../../domain/allowance/usage.ts';
import { type ReviewAnswer, decideReview } from '../../domain/risk/review-decision.ts';

/** A decision of the engine, as it was asked for. */
export type Asked =
  | { readonly kind: 'ask'; readonly request: AdmissionRequest }
  | { readonly kind: 'use'; readonly request: UsageRequest; readonly session: Session }
  | { readonly kind: 'repeat_use'; readonly session: Session }
  | { readonly kind: 'end'; readonly session: Session }
  | { readonly kind: 'register'; readonly told: Parameters<typeof register>[1] }
  | { readonly kind: 'review'; readonly decision: 'approve' | 'reject'; readonly key: string }
  | { readonly kind: 'authorize'; readonly request: AuthorizationRequest; readonly session: Session }
  | { readonly kind: 'modify'; readonly act: ModifierAct }
  | { readonly kind: 'withdraw'; readonly modifierId: string }
  | { readonly kind: 'bill'; readonly told: BillingEvent }
  | { readonly kind: 'fold' };

export type Answer =
  | { readonly kind: 'admission'; readonly admission: Admission }
  | { readonly kind: 'usage'; readonly usage: UsageAnswer }
  | { readonly kind: 'ended'; readonly session: Session }
  | { readonly kind: 'reviewed'; readonly review: ReviewAnswer }
  | { readonly kind: 'authorized'; readonly authorization: AuthorizationAnswer }
  | { readonly kind: 'told' };

export type Decided = { readonly state: AccountState; readonly answer: Answer };

/** The engine's answer to a question, and nothing else: asked twice it must say the same. */
export function decide(before: AccountState, asked: Asked, context: DecisionContext): Decided {
  switch (asked.kind) {
    case 'ask': {
      const { state, answer } = decideAdmission(before, asked.request, context);
      return { state, answer: { kind: 'admission', admission: answer } };
    }
    case 'use': {
      const { state, answer } = decideUsage(before, asked.request, context);
      return { state, answer: { kind: 'usage', usage: answer } };
    }
    case 'repeat_use': {
      const { state, answer } = decideUsageRepeat(before, { sessionId: asked.session.id }, context);
      return { state, answer: { kind: 'usage', usage: answer } };
    }
    case 'end': {
      const { state, answer } = decideEnd(before, asked.session.id, context);
      return { state, answer: { kind: 'ended', session: answer } };
    }
    case 'register':
      return { state: register(before, asked.told, context), answer: { kind: 'told' } };
    case 'review': {
      const { state, answer } = decideReview(
        before,
        { reviewId: null, decision: asked.decision, by: 'a person', note: '', key: asked.key },
        context,
      );
      return { state, answer: { kind: 'reviewed', review: answer } };
    }
    case 'authorize': {
      const { state, answer } = decideAuthorization(before, asked.request, context);
      return { state, answer: { kind: 'authorized', authorization: answer } };
    }
    case 'modify':
      return {
        state: modify(before, asked.act, context) ?? bringUpToDate(before, context),
        answer: { kind: 'told' },
      };
    case 'withdraw': {
      const withdrawal = { modifierId: asked.modifierId, by: 'a person', note: '' };
      const state = withdraw(before, withdrawal, context) ?? bringUpToDate(before, context);
      return { state, answer: { kind: 'told' } };
    }
    case 'bill':
      return { state: decideBilling(before, asked.told, context).state, answer: { kind: 'told' } };
    case 'fold': {
      const current = bringUpToDate(before, context);
      const entitlement = fold(current.account.entitlement, current.commands);
      const account = {
        ...current.account,
        entitlement: { ...entitlement, version: entitlement.version + 1 },
      };
      return { state: { ...current, account, commands: [] }, answer: { kind: 'told' } };
    }
    default:
      return asked satisfies never;
  }
}

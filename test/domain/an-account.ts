import { bringUpToDate } from '../../domain/account/bring-up-to-date.ts';
import { currentPeriod, openSessions, withPeriod } from '../../domain/account/change.ts';
import { type BillingAnswer, type BillingEvent, decideBilling } from '../../domain/account/billing.ts';
import type { DecisionContext } from '../../domain/account/context.ts';
import { entitlementInForce } from '../../domain/account/entitlement.ts';
import type { Grant, LimitChanges, Override } from '../../domain/account/modifier.ts';
import { type ModifierAct, modify, withdraw } from '../../domain/account/modify.ts';
import { newAccount } from '../../domain/account/new-account.ts';
import { register } from '../../domain/account/register.ts';
import { type AccountState, type RiskSignal, nothingAdded } from '../../domain/account/state.ts';
import { type Admission, decideAdmission } from '../../domain/allowance/admission.ts';
import { type EffectiveLimits, effectiveLimits } from '../../domain/allowance/effective-limits.ts';
import {
  type AuthorizationAnswer,
  type AuthorizationRequest,
  decideAuthorization,
} from '../../domain/allowance/authorization.ts';
import { decideEnd } from '../../domain/allowance/end-session.ts';
import { type UsageRequest, decideUsage } from '../../domain/allowance/usage.ts';
import {
  type ReviewId,
  appId,
  authorizationId,
  type PolicyVersion,
  policyVersion,
  reviewId,
  sessionId,
  userId,
} from '../../domain/ids.ts';
import { type Instant, instant } from '../../domain/instant.ts';
import { microUsdFromDollars } from '../../domain/money.ts';
import { type PolicyDocument, policyDocument } from '../../domain/policy/document.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { type PolicyTerms, termsOfPolicy } from '../../domain/policy/terms.ts';
import type { PolicyChange } from '../../domain/story/record.ts';
import { flag } from '../../domain/risk/flag.ts';
import { type RecheckRequest, decideRecheck } from '../../domain/risk/recheck.ts';
import { decideReview } from '../../domain/risk/review-decision.ts';
import { aCall } from './a-call.ts';

/** An account in memory on a settable clock: what the ledger does, without a database. */

export const at = (text: string): Instant => instant(Date.parse(text));

type FreePlan = PolicyDocument['plans'][string];

export const policyWith = (change: (plan: FreePlan) => FreePlan): PolicyDocument => ({
  ...referencePolicy,
  plans: { free: change(referencePolicy.plans['free'] as FreePlan) },
});

export class AnAccount {
  state: AccountState;
  now: Instant;
  /** Everything added by all decisions so far. */
  added = nothingAdded;
  readonly policyChanges: PolicyChange[] = [];
  readonly #policies = new Map<PolicyVersion, PolicyTerms>();
  #policyVersion = policyVersion('v0');
  #ids = 0;

  constructor(start = at('2026-11-24T10:00:00Z'), policy: PolicyDocument = referencePolicy) {
    this.now = start;
    this.state = newAccount(appId('app'), userId('user'), start);
    this.activate(policy);
  }

  context(): DecisionContext {
    this.#ids += 1;
    return {
      now: this.now,
      policyVersion: this.#policyVersion,
      policyOf: (version) => {
        const terms = this.#policies.get(version);
        if (terms === undefined) throw new RangeError(`there is no policy ${version}`);
        return terms;
      },
      fresh: { sessionId: sessionId(`ses_${this.#ids}`), reviewId: reviewId(`rev_${this.#ids}`) },
    };
  }

  /** Puts another policy in force: the running period keeps its own. */
  activate(policy: PolicyDocument): this {
    this.#policyVersion = policyVersion(`v${this.#policies.size + 1}`);
    this.#policies.set(this.#policyVersion, termsOfPolicy(policyDocument.parse(policy)));
    return this;
  }

  /** The same, and the running period is moved to it, as `policy activate --now` does. */
  activateNow(policy: PolicyDocument): this {
    this.activate(policy);
    const period = this.state.periods.find(({ number }) => number === this.state.account.currentPeriod);
    if (period === undefined || period.endsAt <= this.now) return this;
    this.#keep(withPeriod(this.state, { ...period, policyVersion: this.#policyVersion }));
    this.policyChanges.push({
      period: period.number,
      version: this.state.account.version,
      former: period.policyVersion,
      policyVersion: this.#policyVersion,
      at: this.now,
    });
    return this;
  }

  #keep(state: AccountState): void {
    const { added } = state;
    this.added = {
      usageEvents: [...this.added.usageEvents, ...added.usageEvents],
      crossings: [...this.added.crossings, ...added.crossings],
      commands: [...this.added.commands, ...added.commands],
      reviews: [...this.added.reviews, ...added.reviews],
    };
    this.state = {
      ...state,
      added: nothingAdded,
      account: { ...state.account, version: state.account.version + 1 },
    };
  }

  forward(milliseconds: number): this {
    this.now = instant(this.now + milliseconds);
    return this;
  }

  goTo(text: string): this {
    this.now = at(text);
    return this;
  }

  register(told: Parameters<typeof register>[1]): this {
    this.#keep(register(this.state, told, this.context()));
    return this;
  }

  ask(confirmed = false): Admission {
    const decided = decideAdmission(this.state, { confirmed, client: null, metadata: null }, this.context());
    this.#keep(decided.state);
    return decided.answer;
  }

  #event(session: string, dollars: number, told: Partial<UsageRequest> = {}): UsageRequest {
    return aCall(`event_${(this.#ids += 1)}`, session, dollars, told);
  }

  use(id: string, dollars: number, event: Partial<UsageRequest> = {}) {
    const decided = decideUsage(this.state, this.#event(id, dollars, event), this.context());
    this.#keep(decided.state);
    return decided.answer;
  }

  /** Several events in one decision, as a batch counts them. */
  useAtOnce(id: string, dollars: readonly number[]): this {
    const context = this.context();
    this.#keep(
      dollars.reduce((state, each) => decideUsage(state, this.#event(id, each), context).state, this.state),
    );
    return this;
  }

  /** Asks for one call's worst price to be reserved. */
  authorize(id: string, request: Partial<AuthorizationRequest> = {}): AuthorizationAnswer {
    const asked = {
      id: authorizationId(`auth_${(this.#ids += 1)}`),
      sessionId: sessionId(id),
      model: 'claude-sonnet-4-5',
      inputTokens: 1_000,
      maxOutputTokens: 1_000,
      fingerprint: '',
      ...request,
    };
    const decided = decideAuthorization(this.state, asked, this.context());
    this.#keep(decided.state);
    return decided.answer;
  }

  end(id: string) {
    const decided = decideEnd(this.state, sessionId(id), this.context());
    this.#keep(decided.state);
    return decided.answer;
  }

  #modify(act: ModifierAct): string {
    const state = modify(this.state, act, this.context());
    if (state === null) throw new Error('too many grants and overrides');
    this.#keep(state);
    return act.key;
  }

  /** Extra sessions and dollars from now on; answers the grant's id. */
  grant(
    amounts: { readonly sessions?: number; readonly dollars?: number },
    terms: Partial<Pick<Grant, 'from' | 'until' | 'priority'>> = {},
  ): string {
    return this.#modify({
      kind: 'grant',
      sessions: amounts.sessions ?? 0,
      spend: microUsdFromDollars(amounts.dollars ?? 0),
      ...this.#signed('grant', terms),
    });
  }

  /** Other limits than the plan's from now on; answers the override's id. */
  override(limits: LimitChanges, terms: Partial<Pick<Override, 'from' | 'until' | 'priority'>> = {}): string {
    return this.#modify({ kind: 'override', limits, ...this.#signed('override', terms) });
  }

  #signed(kind: string, terms: Partial<Pick<Grant, 'from' | 'until' | 'priority'>>) {
    this.#ids += 1;
    return {
      key: `${kind}_${this.#ids}`,
      from: this.now,
      until: null,
      priority: 100,
      by: 'maya',
      note: 'a good customer',
      ...terms,
    };
  }

  withdraw(modifierId: string): boolean {
    const state = withdraw(this.state, { modifierId, by: 'maya', note: '' }, this.context());
    if (state !== null) this.#keep(state);
    return state !== null;
  }

  /** What billing tells of the user. */
  bill(event: BillingEvent['event'], told: Partial<BillingEvent> = {}): BillingAnswer {
    const key = `bill_${(this.#ids += 1)}`;
    const { state, answer } = decideBilling(
      this.state,
      { event, plan: null, occurredAt: this.now, key, by: 'billing', note: '', ...told },
      this.context(),
    );
    this.#keep(state);
    return answer;
  }

  /** Flags it as evidence of that many points would. */
  flag(to: 'restricted' | 'under_review', signals: readonly RiskSignal[] = []): this {
    const context = this.context();
    const score = signals.reduce((sum, { points }) => sum + points, 0);
    this.#keep(flag(bringUpToDate(this.state, context), { score, signals, to }, context));
    return this;
  }

  recheck(request: Partial<RecheckRequest> = {}) {
    const asked = {
      reviewId: null,
      timeUp: true,
      by: 'stipend',
      note: '',
      key: `recheck_${(this.#ids += 1)}`,
    };
    const decided = decideRecheck(this.state, { ...asked, ...request }, this.context());
    this.#keep(decided.state);
    return decided.answer;
  }

  review(decision: 'approve' | 'reject', reviewed: ReviewId | null = null) {
    const act = { reviewId: reviewed, decision, by: 'maya', note: '', key: `act_${(this.#ids += 1)}` };
    const decided = decideReview(this.state, act, this.context());
    this.#keep(decided.state);
    return decided.answer;
  }

  /** What holds now and where it comes from. */
  limits(): EffectiveLimits {
    const context = this.context();
    const state = bringUpToDate(this.state, context);
    return effectiveLimits(
      { account: state.account, entitlement: entitlementInForce(state) },
      currentPeriod(state),
      context,
    );
  }

  /** Asks, confirms if asked to, spends and ends: one ordinary session. Answers what was first answered. */
  session(dollars = 0.01): Admission['outcome'] {
    const first = this.ask();
    const admission = first.outcome === 'confirm' ? this.ask(true) : first;
    if (admission.outcome !== 'admitted') return admission.outcome;
    this.use(admission.session.id, dollars);
    this.end(admission.session.id);
    return first.outcome;
  }

  period() {
    return currentPeriod(bringUpToDate(this.state, this.context()));
  }

  running() {
    return openSessions(this.state);
  }
}

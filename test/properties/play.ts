import { bringUpToDate } from '../../domain/account/bring-up-to-date.ts';
import type { DecisionContext } from '../../domain/account/context.ts';
import { fold } from '../../domain/account/entitlement.ts';
import { register } from '../../domain/account/register.ts';
import { type AccountState, type Session, nothingAdded } from '../../domain/account/state.ts';
import { type Admission, type AdmissionRequest, decideAdmission } from '../../domain/allowance/admission.ts';
import { decideEnd } from '../../domain/allowance/end-session.ts';
import {
  type UsageAnswer,
  type UsageRequest,
  decideUsage,
  decideUsageRepeat,
} from '../../domain/allowance/usage.ts';
import { usageEventId } from '../../domain/ids.ts';
import { instant } from '../../domain/instant.ts';
import { microUsd } from '../../domain/money.ts';
import { type ReviewAnswer, decideReview } from '../../domain/risk/review-decision.ts';
import { type Operation, zones } from './operation.ts';
import { planNames, policyVersions } from './policies.ts';
import type { World } from './world.ts';

/** A decision of the engine, as it was asked for. */
export type Asked =
  | { readonly kind: 'ask'; readonly request: AdmissionRequest }
  | { readonly kind: 'use'; readonly request: UsageRequest; readonly session: Session }
  | { readonly kind: 'repeat_use'; readonly session: Session }
  | { readonly kind: 'end'; readonly session: Session }
  | { readonly kind: 'register'; readonly told: Parameters<typeof register>[1] }
  | { readonly kind: 'review'; readonly decision: 'approve' | 'reject'; readonly key: string }
  | { readonly kind: 'fold' };

type Answer =
  | { readonly kind: 'admission'; readonly admission: Admission }
  | { readonly kind: 'usage'; readonly usage: UsageAnswer }
  | { readonly kind: 'ended'; readonly session: Session }
  | { readonly kind: 'reviewed'; readonly review: ReviewAnswer }
  | { readonly kind: 'told' };

/** What validators see: the account as loaded, brought up to date, and decided; `world` stands after the commit. */
export type Step = {
  readonly asked: Asked;
  readonly before: AccountState;
  readonly current: AccountState;
  readonly after: AccountState;
  readonly context: DecisionContext;
  readonly answer: Answer;
  readonly world: World;
  /** True for the share of steps on which dear questions are asked too. */
  readonly thorough: boolean;
};

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

const nothing = { model: null, inputTokens: null, cachedInputTokens: null, cacheWriteTokens: null } as const;

/** The question that an operation puts, null where the account has nothing it could be about. */
function questionOf(operation: Operation, world: World): Asked | null {
  const nth = 'nth' in operation ? operation.nth : 0;
  const session = world.sessions.get(world.sessionIds[nth % Math.max(1, world.sessionIds.length)] as never);
  switch (operation.kind) {
    case 'ask':
      return {
        kind: 'ask',
        request: { confirmed: operation.confirmed, client: null, metadata: null },
      };
    case 'use': {
      if (session === undefined) return null;
      const hasStopped = session.endedAt !== null || session.spent >= session.cap;
      if (operation.obedient && hasStopped) return null;
      const id = world.nextId();
      return {
        kind: 'use',
        session,
        request: {
          ...nothing,
          id: usageEventId(`event_${id}`),
          sessionId: session.id,
          cost: microUsd(operation.millicents * 10),
          outputTokens: null,
          reasoningTokens: null,
          occurredAt: null,
          inputSketch: operation.millicents % 3 === 0 ? `sketch ${operation.millicents % 20}` : null,
          fingerprint: String(id),
        },
      };
    }
    case 'repeat_use': {
      const event = world.events[nth % Math.max(1, world.events.length)];
      const of = event === undefined ? undefined : world.sessions.get(event.sessionId);
      return of === undefined ? null : { kind: 'repeat_use', session: of };
    }
    case 'end':
      return session === undefined ? null : { kind: 'end', session };
    case 'register': {
      const zone = zones[operation.zone];
      const plan = planNames[operation.plan];
      return {
        kind: 'register',
        told: {
          ...(zone === undefined ? {} : { timeZone: zone }),
          ...(plan === undefined ? {} : { plan }),
          ...(operation.age === 0 ? {} : { registeredAt: instant(world.now - operation.age) }),
        },
      };
    }
    case 'review':
      return { kind: 'review', decision: operation.decision, key: `act ${world.nextId()}` };
    case 'fold':
      return { kind: 'fold' };
    case 'wait':
    case 'activate':
    case 'crash':
      return null;
    default:
      return operation satisfies never;
  }
}

export type Validator = {
  /** The promise, in words. */
  readonly name: string;
  /** What breaks it, null where it is kept. */
  readonly complaint: (step: Step) => string | null;
};

/** Plays operations on one account and asks every validator after each decision. */
export class Life {
  readonly world: World;
  readonly #validators: readonly Validator[];
  #crashesNext = false;
  /** Decisions of the engine that were made. */
  decisions = 0;

  constructor(world: World, validators: readonly Validator[]) {
    this.world = world;
    this.#validators = validators;
  }

  /** @throws Error that names the promise that was broken. */
  play(operation: Operation, thorough: boolean): void {
    const { world } = this;
    if (operation.kind === 'wait') world.wait(operation.milliseconds);
    if (operation.kind === 'activate')
      world.policyVersion = policyVersions[operation.nth] ?? world.policyVersion;
    if (operation.kind === 'crash') this.#crashesNext = true;
    const asked = questionOf(operation, world);
    if (asked === null) return;
    const context = world.context();
    const before = world.load('session' in asked ? asked.session.id : undefined);
    const { state: after, answer } = decide(before, asked, context);
    this.decisions += 1;
    if (this.#crashesNext) {
      this.#crashesNext = false;
      return;
    }
    const current = { ...bringUpToDate(before, context), added: nothingAdded };
    world.commit(after);
    const step: Step = { asked, before, current, after, context, answer, world, thorough };
    for (const { name, complaint } of this.#validators) {
      const broken = complaint(step);
      if (broken !== null) throw new Error(`broken: ${name}\n${broken}`);
    }
  }
}

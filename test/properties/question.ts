import { authorizationId, usageEventId } from '../../domain/ids.ts';
import { instant } from '../../domain/instant.ts';
import { microUsd } from '../../domain/money.ts';
import { priceOfCall } from '../../domain/pricing/price-of-call.ts';
import type { Asked } from './asked.ts';
import { type Operation, zones } from './operation.ts';
import { planNames, policyOf } from './policies.ts';
import type { World } from './world.ts';

const nothing = { model: null, inputTokens: null, cachedInputTokens: null, cacheWriteTokens: null } as const;

const minutesAgo = (world: World, minutes: number) => instant(world.now - minutes * 60_000);

function settling(world: World, { nth, share }: Extract<Operation, { kind: 'settle' }>): Asked | null {
  const authorization = world.granted[nth % Math.max(1, world.granted.length)];
  const session = authorization === undefined ? undefined : world.sessions.get(authorization.sessionId);
  if (authorization === undefined || session === undefined) return null;
  const { model, inputTokens } = authorization;
  const outputTokens = Math.floor(authorization.outputTokens * share);
  const { prices } = policyOf(authorization.policyVersion);
  const tokens = { inputTokens, outputTokens, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
  const cost = priceOfCall(model, tokens, authorization.authorizedAt, prices);
  if (cost === null) throw new Error(`${model} was authorized without a price`);
  const id = world.nextId();
  return {
    kind: 'use',
    session,
    request: {
      ...tokens,
      id: usageEventId(`event_${id}`),
      sessionId: session.id,
      model,
      cost,
      authorizationId: authorization.id,
      occurredAt: null,
      inputSketch: null,
      fingerprint: String(id),
    },
  };
}

function modifying(world: World, operation: Extract<Operation, { kind: 'grant' | 'override' }>): Asked {
  const { kind, days, cents } = operation;
  const key = `${kind}_${world.nextId()}`;
  const until = days === 0 ? null : instant(world.now + days * 86_400_000);
  const common = { key, by: 'a person', note: '', from: world.now, until, priority: 100 };
  const amount = microUsd(cents * 10_000);
  if (kind === 'grant')
    return { kind: 'modify', act: { ...common, kind, sessions: operation.sessions, spend: amount } };
  const limits = { sessionsPerPeriod: operation.perPeriod, hardBudget: amount };
  return { kind: 'modify', act: { ...common, kind, limits } };
}

/** The question that an operation puts, null where the account has nothing it could be about. */
export function questionOf(operation: Operation, world: World): Asked | null {
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
          // Some are told late, and some by a host whose clock is ahead.
          occurredAt: operation.millicents % 7 === 0 ? minutesAgo(world, operation.millicents % 97) : null,
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
    case 'authorize':
      if (session === undefined) return null;
      return {
        kind: 'authorize',
        session,
        request: {
          id: authorizationId(`auth_${world.nextId()}`),
          sessionId: session.id,
          model: session.tier === 'economy' ? 'gpt-5-mini' : 'claude-sonnet-4-5',
          inputTokens: operation.input,
          maxOutputTokens: operation.output,
          fingerprint: `${operation.input}/${operation.output}`,
        },
      };
    case 'settle':
      return settling(world, operation);
    case 'grant':
    case 'override':
      return modifying(world, operation);
    case 'withdraw': {
      const modifierId = world.modifierIds[nth % Math.max(1, world.modifierIds.length)];
      return modifierId === undefined ? null : { kind: 'withdraw', modifierId };
    }
    case 'bill':
      return {
        kind: 'bill',
        told: {
          event: operation.event,
          plan: null,
          occurredAt: world.now,
          key: `bill_${world.nextId()}`,
          by: 'billing',
          note: '',
        },
      };
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

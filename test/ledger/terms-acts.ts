import { decideBilling } from '../../domain/account/billing.ts';
import { modify } from '../../domain/account/modify.ts';
import { instant } from '../../domain/instant.ts';
import { microUsd } from '../../domain/money.ts';
import type { PolicyDocument } from '../../domain/policy/document.ts';
import { activatePolicy } from '../../ledger/activate-policy.ts';
import { transact } from '../../ledger/transact.ts';
import { oddPolicy } from '../properties/policies.ts';
import type { Process } from '../setup/process.ts';
import { request } from '../setup/product.ts';
import { type Traffic, pick, recent, someFavoured } from './traffic.ts';

/** One call is authorized before it is made; a client that lost the reply asks again. */
export async function authorize({ random, told, key, processes }: Traffic): Promise<void> {
  const session = recent(told, random);
  if (session === undefined) return;
  const call = {
    id: `auth-${random.below(2 ** 31 - 1)}`,
    model: pick(random, ['claude-sonnet-4-5', 'gpt-5-mini']),
    input_tokens: random.below(4_000),
    max_output_tokens: 1 + random.below(4_000),
  };
  const send = () =>
    request(`${pick(random, processes).apiUrl}/v1/sessions/${session.id}/authorizations`, 'POST', key, call);
  const replies = await Promise.all(random.below(5) === 0 ? [send(), send()] : [send()]);
  for (const { status, body } of replies) {
    if (status >= 500) told.busy += 1;
    if (status !== 201) continue;
    const granted = body.authorization.output_tokens as number;
    const before = told.authorized.find(({ id }) => id === call.id);
    if (before === undefined) told.authorized.push({ id: call.id, session: session.id, granted });
    else if (before.granted !== granted) throw new Error(`${call.id}: ${before.granted}, then ${granted}`);
  }
}

/** The call that was authorized, at a cost that its reservation covers or not. */
export async function settle({ random, told, key, processes }: Traffic): Promise<void> {
  const [call] = told.authorized.splice(random.below(Math.max(1, told.authorized.length)), 1);
  if (call === undefined) return;
  const event = { id: `e-${random.below(2 ** 31 - 1)}`, cost_usd: random.below(20_000) / 1_000_000 };
  const url = `${pick(random, processes).apiUrl}/v1/sessions/${call.session}/usage`;
  const { status } = await request(url, 'POST', key, { ...event, authorization: call.id });
  if (status === 200) told.events.set(event.id, { session: call.session, event, authorization: call.id });
  else if (status >= 500) told.busy += 1;
  else throw new Error(`usage under an authorization was answered ${status}`);
}

export async function grant(traffic: Traffic, { ledger }: Process): Promise<void> {
  const { app, random } = traffic;
  const key = `grant-${random.below(2 ** 31 - 1)}`;
  const [sessions, spend] = [random.below(4), microUsd(random.below(500_000))];
  const lasts = 3_600_000 * (1 + random.below(200));
  await transact(ledger, { appId: app, userId: someFavoured(traffic) }, ({ state }, context) => {
    const until = instant(context.now + lasts);
    const common = { key, by: 'a person', note: '', from: context.now, until, priority: 100 };
    return {
      state: modify(state, { ...common, kind: 'grant', sessions, spend }, context) ?? state,
      answer: null,
    };
  });
}

/** They upgrade, and some come back. */
export async function bill(traffic: Traffic, { ledger }: Process): Promise<void> {
  const { app, random } = traffic;
  const event = random.below(3) === 0 ? ('upgraded' as const) : ('downgraded' as const);
  const key = `bill-${random.below(2 ** 31 - 1)}`;
  await transact(ledger, { appId: app, userId: someFavoured(traffic) }, ({ state }, context) =>
    decideBilling(
      state,
      { event, plan: null, occurredAt: context.now, key, by: 'billing', note: '' },
      context,
    ),
  );
}

/** The policy with another plan as its default; running periods keep what they were opened with, or are moved too. */
export async function activate({ app, random }: Traffic, { ledger }: Process): Promise<void> {
  const document: PolicyDocument = { ...oddPolicy, default_plan: pick(random, ['free', 'plain', 'penny']) };
  await activatePolicy(ledger.pool, app, document, { now: random.below(4) === 0, actor: 'traffic' });
}

import { register } from '../../domain/account/register.ts';
import { decideAdmission } from '../../domain/allowance/admission.ts';
import { decideEnd } from '../../domain/allowance/end-session.ts';
import { type SessionId, sessionId } from '../../domain/ids.ts';
import { decideReview } from '../../domain/risk/review-decision.ts';
import { transact } from '../../ledger/transact.ts';
import { zones } from '../properties/operation.ts';
import { planNames } from '../properties/policies.ts';
import type { Process } from '../setup/process.ts';
import { request } from '../setup/product.ts';
import { type Traffic, pick, recent, someUser } from './traffic.ts';

const confirmed = { confirmed: true, client: null, metadata: null };

export async function ask(traffic: Traffic, { ledger }: Process): Promise<void> {
  const { app, told } = traffic;
  const user = someUser(traffic);
  const done = await transact(ledger, { appId: app, userId: user }, ({ state }, context) =>
    decideAdmission(state, confirmed, context),
  );
  if (done?.answer.outcome === 'admitted') told.sessions.push({ id: done.answer.session.id, user });
}

/** Asked by two processes at once under one key, as a client does that lost the reply. */
export async function askTwice(traffic: Traffic): Promise<void> {
  const { random, told, key, processes } = traffic;
  const user = someUser(traffic);
  const once = `key-${random.below(2 ** 31 - 1)}`;
  const send = ({ apiUrl }: Process) =>
    request(
      `${apiUrl}/v1/users/${user}/sessions`,
      'POST',
      key,
      { confirmed: true },
      { 'idempotency-key': once },
    );
  const replies = await Promise.all([send(pick(random, processes)), send(pick(random, processes))]);
  for (const { status, body } of replies) {
    if (status >= 500) told.busy += 1;
    if (status !== 201) continue;
    const known = told.keyed.get(once);
    if (known === undefined) {
      told.keyed.set(once, body.session.id);
      told.sessions.push({ id: body.session.id, user });
    } else if (known !== body.session.id)
      throw new Error(`one key, two sessions: ${known}, ${body.session.id}`);
  }
}

export async function use({ random, told, key, processes }: Traffic): Promise<void> {
  const session = recent(told, random);
  if (session === undefined) return;
  const event = { id: `e-${random.below(2 ** 31 - 1)}`, cost_usd: random.below(90_000) / 1_000_000 };
  const copies = random.below(5) === 0 ? 3 : 1;
  const sends = Array.from({ length: copies }, async () => {
    const { apiUrl } = pick(random, processes);
    const { status } = await request(`${apiUrl}/v1/sessions/${session.id}/usage`, 'POST', key, event);
    if (status === 200) told.events.set(event.id, { session: session.id, event });
    else if (status >= 500) told.busy += 1;
    else throw new Error(`usage was answered ${status}`);
  });
  await Promise.all(sends);
}

/** An acknowledged event comes again, much later, through whichever process. */
export async function repeatUse({ random, told, key, processes }: Traffic): Promise<void> {
  const known = [...told.events.values()].at(-1 - random.below(Math.max(1, told.events.size)));
  if (known === undefined) return;
  const { apiUrl } = pick(random, processes);
  const { session, event, authorization } = known;
  const body = authorization === undefined ? event : { ...event, authorization };
  const { status } = await request(`${apiUrl}/v1/sessions/${session}/usage`, 'POST', key, body);
  if (status !== 200 && status < 500) throw new Error(`a repeat was answered ${status}`);
}

export async function end({ app, random, told }: Traffic, { ledger }: Process): Promise<void> {
  const session = recent(told, random);
  if (session === undefined) return;
  const id: SessionId = sessionId(session.id);
  await transact(ledger, { appId: app, sessionId: id }, ({ state }, context) =>
    decideEnd(state, id, context),
  );
}

export async function tell({ app, users, random }: Traffic, { ledger }: Process): Promise<void> {
  const told = { timeZone: pick(random, zones), plan: pick(random, planNames) };
  await transact(ledger, { appId: app, userId: pick(random, users) }, ({ state }, context) => ({
    state: register(state, told, context),
    answer: null,
  }));
}

export async function review({ app, users, random }: Traffic, { ledger }: Process): Promise<void> {
  const key = `act-${random.below(2 ** 31 - 1)}`;
  const decision = { reviewId: null, decision: 'approve' as const, by: 'a person', note: '', key };
  await transact(ledger, { appId: app, userId: pick(random, users) }, ({ state }, context) =>
    decideReview(state, decision, context),
  );
}

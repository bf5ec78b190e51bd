import { decideAdmission } from '../../domain/allowance/admission.ts';
import { decideEnd } from '../../domain/allowance/end-session.ts';
import { register } from '../../domain/account/register.ts';
import { decideReview } from '../../domain/risk/review-decision.ts';
import { type AppId, type SessionId, type UserId, sessionId } from '../../domain/ids.ts';
import type { Random } from '../../examples/demo/random.ts';
import { AccountBusy } from '../../ledger/decision.ts';
import { transact } from '../../ledger/transact.ts';
import { planNames } from '../properties/policies.ts';
import { zones } from '../properties/operation.ts';
import type { Process } from '../setup/process.ts';
import { request } from '../setup/product.ts';

type Event = { readonly id: string; readonly cost_usd: number };

/** What the callers were told: every acknowledged write must be in the ledger, once. */
export type Told = {
  readonly sessions: { readonly id: string; readonly user: UserId }[];
  readonly events: Map<string, { readonly session: string; readonly event: Event }>;
  /** Replies by idempotency key: the same key, the same session. */
  readonly keyed: Map<string, string>;
  busy: number;
  operations: number;
};

export type Traffic = {
  readonly app: AppId;
  readonly key: string;
  readonly users: readonly UserId[];
  readonly processes: readonly Process[];
  readonly random: Random;
  readonly told: Told;
};

const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  items[random.below(items.length)] as Item;

/** A few accounts are hot: most of what is asked at once is asked of them. */
const someUser = ({ random, users }: Traffic): UserId =>
  users[Math.floor(users.length * random.share() ** 3)] as UserId;

/** Sessions that were made lately are the ones in use. */
const recent = (told: Told, random: Random) =>
  told.sessions.at(-1 - random.below(Math.min(40, told.sessions.length)));

const confirmed = { confirmed: true, client: null, metadata: null };

async function ask(traffic: Traffic, { ledger }: Process): Promise<void> {
  const { app, told } = traffic;
  const user = someUser(traffic);
  const done = await transact(ledger, { appId: app, userId: user }, ({ state }, context) =>
    decideAdmission(state, confirmed, context),
  );
  if (done?.answer.outcome === 'admitted') told.sessions.push({ id: done.answer.session.id, user });
}

/** Asked by two processes at once under one key, as a client does that lost the reply. */
async function askTwice(traffic: Traffic): Promise<void> {
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

async function use({ random, told, key, processes }: Traffic): Promise<void> {
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
async function repeatUse({ random, told, key, processes }: Traffic): Promise<void> {
  const known = [...told.events.values()].at(-1 - random.below(Math.max(1, told.events.size)));
  if (known === undefined) return;
  const { apiUrl } = pick(random, processes);
  const { status } = await request(`${apiUrl}/v1/sessions/${known.session}/usage`, 'POST', key, known.event);
  if (status !== 200 && status < 500) throw new Error(`a repeat was answered ${status}`);
}

async function end({ app, random, told }: Traffic, { ledger }: Process): Promise<void> {
  const session = recent(told, random);
  if (session === undefined) return;
  const id: SessionId = sessionId(session.id);
  await transact(ledger, { appId: app, sessionId: id }, ({ state }, context) =>
    decideEnd(state, id, context),
  );
}

async function tell({ app, users, random }: Traffic, { ledger }: Process): Promise<void> {
  const told = { timeZone: pick(random, zones), plan: pick(random, planNames) };
  await transact(ledger, { appId: app, userId: pick(random, users) }, ({ state }, context) => ({
    state: register(state, told, context),
    answer: null,
  }));
}

async function review({ app, users, random }: Traffic, { ledger }: Process): Promise<void> {
  const key = `act-${random.below(2 ** 31 - 1)}`;
  const decision = { reviewId: null, decision: 'approve' as const, by: 'a person', note: '', key };
  await transact(ledger, { appId: app, userId: pick(random, users) }, ({ state }, context) =>
    decideReview(state, decision, context),
  );
}

const kinds = [
  { act: ask, weight: 46 },
  { act: askTwice, weight: 2 },
  { act: use, weight: 22 },
  { act: repeatUse, weight: 2 },
  { act: end, weight: 18 },
  { act: tell, weight: 4 },
  { act: review, weight: 8 },
];
const pool = kinds.flatMap(({ act, weight }) => Array.from({ length: weight }, () => act));

const lockNotAvailable = '55P03';

/** Both are answered 503 with Retry-After: nothing was written. */
const isToldToComeAgain = (error: unknown): boolean =>
  error instanceof AccountBusy ||
  (error instanceof Error && 'code' in error && error.code === lockNotAvailable);

/** One random operation by one process. A caller that is told to come again is a caller that was told the truth. */
export async function operate(traffic: Traffic): Promise<void> {
  const { random, told, processes } = traffic;
  told.operations += 1;
  try {
    await pick(random, pool)(traffic, pick(random, processes));
  } catch (error) {
    if (!isToldToComeAgain(error)) throw error;
    told.busy += 1;
  }
}

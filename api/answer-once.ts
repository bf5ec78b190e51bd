import { DatabaseError } from 'pg';
import { type AnswerClaim, claimAnswer, findAnswer, releaseAnswer, storeAnswer } from '../ledger/answers.ts';
import { inTransaction } from '../ledger/in-transaction.ts';
import type { Queryable } from '../ledger/pool.ts';
import { keyReused, replayOf } from './idempotency.ts';
import { Problem } from './problems/problem.ts';
import type { Reply } from './reply.ts';
import type { Route, Services } from './route.ts';

type Handle = (services: Services) => Promise<Reply>;

const inUse = (): Problem =>
  new Problem('idempotency-key-in-use', 'The first request is still being carried out; repeat this one.', {
    headers: { 'retry-after': '1' },
  });

/** The answer to a repeat, or null where the claim is ours and the request is to be carried out. */
async function repeatOf(db: Queryable, route: Route, claim: AnswerClaim): Promise<Reply | null> {
  if (await claimAnswer(db, claim)) return null;
  const known = await findAnswer(db, claim);
  if (known === null) throw inUse();
  if (known.fingerprint !== claim.fingerprint) throw keyReused();
  if (known.status === null) throw inUse();
  if (route.withheld !== undefined) throw new Problem('secret-shown-once', route.withheld);
  return replayOf({ status: known.status, body: known.body });
}

/** Only what changed something is stored, and no secret in the clear. */
async function finish(db: Queryable, route: Route, claim: AnswerClaim, reply: Reply): Promise<void> {
  if (reply.status >= 300) await releaseAnswer(db, claim);
  else
    await storeAnswer(db, claim, {
      status: reply.status,
      body: route.withheld === undefined ? reply.body : undefined,
    });
}

/** The claim is committed first, so that others see that the request is being carried out. */
async function claimedFirst(
  route: Route,
  claim: AnswerClaim,
  services: Services,
  handle: Handle,
): Promise<Reply> {
  const { db } = services;
  const repeat = await repeatOf(db, route, claim);
  if (repeat !== null) return repeat;
  let reply: Reply;
  try {
    reply = await handle(services);
  } catch (error) {
    await releaseAnswer(db, claim);
    throw error;
  }
  await finish(db, route, claim, reply);
  return reply;
}

const lockTimeout = '55P03';

/** A second request waits for the first's transaction, as long as locks are waited for: a second. */
async function repeatAfterWaiting(db: Queryable, route: Route, claim: AnswerClaim): Promise<Reply | null> {
  try {
    return await repeatOf(db, route, claim);
  } catch (error) {
    throw error instanceof DatabaseError && error.code === lockTimeout ? inUse() : error;
  }
}

/** The claim, all that the handler writes through `db`, and the answer commit together or not at all. */
const claimedWithIt = (
  route: Route,
  claim: AnswerClaim,
  services: Services,
  handle: Handle,
): Promise<Reply> =>
  inTransaction(services.ledger.pool, async (db) => {
    const repeat = await repeatAfterWaiting(db, route, claim);
    if (repeat !== null) return repeat;
    const reply = await handle({ ...services, db });
    await finish(db, route, claim, reply);
    return reply;
  });

/** Carries a request out once however often it is sent under one Idempotency-Key. */
export function answerOnce(
  route: Route,
  claim: AnswerClaim | null,
  services: Services,
  handle: Handle,
): Promise<Reply> {
  if (claim === null) return handle(services);
  const repeats = route.repeats ?? 'claimed_first';
  switch (repeats) {
    case 'in_transaction':
      return claimedWithIt(route, claim, services, handle);
    case 'claimed_first':
      return claimedFirst(route, claim, services, handle);
    case 'in_commit':
    case 'by_own_id':
      return handle(services);
    default:
      return repeats satisfies never;
  }
}

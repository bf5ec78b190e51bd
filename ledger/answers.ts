import type { Queryable } from './pool.ts';

/** A request under an Idempotency-Key, before its answer is known. */
export type AnswerClaim = {
  /** The app whose keys share the Idempotency-Key; empty for admin keys, which belong to none. */
  readonly appId: string;
  readonly key: string;
  readonly fingerprint: string;
};

export type ClaimedAnswer = {
  readonly fingerprint: string;
  /** Null while the request is being carried out. */
  readonly status: number | null;
  readonly body: unknown;
};

/** Longer than any request runs: a claim this old belongs to a process that died. */
const claimedFor = '60 seconds';

/**
 * Takes an Idempotency-Key for a request. Inside a transaction a second claim waits for the first to commit or roll back.
 * False: the key is taken.
 */
export async function claimAnswer(db: Queryable, claim: AnswerClaim): Promise<boolean> {
  const { rows } = await db.query({
    name: 'claim-answer',
    text: `
insert into answers as a (app_id, key, fingerprint, claimed_until) values ($1, $2, $3, now() + $4::interval)
on conflict (app_id, key) do update
  set fingerprint = excluded.fingerprint, claimed_until = excluded.claimed_until, created_at = now()
  where a.claimed_until < now()
returning 1`,
    values: [claim.appId, claim.key, claim.fingerprint, claimedFor],
  });
  return rows.length === 1;
}

/** What stands under a key; null where nothing does, or what stood there was let go. */
export async function findAnswer(
  db: Queryable,
  { appId, key }: Pick<AnswerClaim, 'appId' | 'key'>,
): Promise<ClaimedAnswer | null> {
  const { rows } = await db.query<ClaimedAnswer>({
    name: 'find-answer',
    text: 'select fingerprint, status, body from answers where app_id = $1 and key = $2',
    values: [appId, key],
  });
  return rows[0] ?? null;
}

/** Turns a claim into the answer that repeats are given. */
export async function storeAnswer(
  db: Queryable,
  claim: AnswerClaim,
  answer: { readonly status: number; readonly body: unknown },
): Promise<void> {
  await db.query({
    name: 'store-answer',
    text: `
update answers set status = $4, body = $5, claimed_until = null
where app_id = $1 and key = $2 and fingerprint = $3 and claimed_until is not null`,
    values: [
      claim.appId,
      claim.key,
      claim.fingerprint,
      answer.status,
      answer.body === undefined ? null : JSON.stringify(answer.body),
    ],
  });
}

/** Lets a key go: the request changed nothing, so that its repeat is decided anew. */
export async function releaseAnswer(db: Queryable, claim: AnswerClaim): Promise<void> {
  await db.query({
    name: 'release-answer',
    text: `
delete from answers
where app_id = $1 and key = $2 and fingerprint = $3 and claimed_until is not null`,
    values: [claim.appId, claim.key, claim.fingerprint],
  });
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../../examples/demo/random.ts';

/** What the callers were told. */
export type Told = {
  readonly sessions: Map<string, string>;
  /** Cost in micro-dollars by id of the event. */
  readonly events: Map<string, { readonly session: string; readonly cost: number }>;
  requests: number;
  /** Requests that were broken off or answered 5xx, and sent again under the same key or id. */
  again: number;
};

export type Target = { readonly url: string; readonly key: string; readonly told: Told };

const pauseMs = 200;
const answerWithinMs = 15_000;

type Answer = { readonly status: number; readonly body: any };

/** Sends until there is an answer, as a client does that may not lose anything: the same key, the same body. */
export async function insist(
  { url, key, told }: Target,
  path: string,
  body: object,
  idempotencyKey: string | null,
): Promise<Answer> {
  for (;;) {
    told.requests += 1;
    try {
      const response = await fetch(url + path, {
        method: 'POST',
        signal: AbortSignal.timeout(answerWithinMs),
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }),
        },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      // 409: the first of the two is still being carried out.
      if (response.status < 500 && response.status !== 409)
        return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    } catch {
      // The connection broke: whether it was done is not known, which is what keys are for.
    }
    told.again += 1;
    await delay(pauseMs);
  }
}

/** One user of the product, session after session, until told to stop. */
export async function useTheProduct(
  target: Target,
  user: string,
  random: Random,
  isOver: () => boolean,
): Promise<void> {
  for (let number = 0; !isOver(); number += 1) {
    const asked = await insist(
      target,
      `/v1/users/${user}/sessions`,
      { confirmed: true },
      `${user}-s${number}`,
    );
    if (asked.status === 201) {
      const session: string = asked.body.session.id;
      target.told.sessions.set(session, user);
      const calls = random.below(4);
      for (let call = 0; call < calls; call += 1) {
        const id = `${session}-${call}`;
        const cost = 1 + random.below(30_000);
        const used = await insist(
          target,
          `/v1/sessions/${session}/usage`,
          { id, cost_usd: cost / 1_000_000 },
          null,
        );
        if (used.status !== 200)
          throw new Error(`usage was answered ${used.status}: ${JSON.stringify(used.body)}`);
        target.told.events.set(id, { session, cost });
      }
      // Some are left open: they expire.
      if (random.below(5) > 0) await insist(target, `/v1/sessions/${session}/end`, {}, null);
    } else if (![403, 429].includes(asked.status))
      throw new Error(`a session was answered ${asked.status}: ${JSON.stringify(asked.body)}`);
    // Slower than a machine, so that reviews are the exception.
    await delay(500 + random.below(2_000));
  }
}

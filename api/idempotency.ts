import { hash } from 'node:crypto';
import { Problem } from './problems/problem.ts';
import type { Reply } from './reply.ts';

const keyForm = /^[\x21-\x7e]{1,255}$/;

/** The request's `Idempotency-Key`, null where none was sent. */
function idempotencyKeyOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (keyForm.test(header)) return header;
  const message = 'must be 1–255 visible ASCII characters';
  throw new Problem('invalid-request', `Idempotency-Key: ${message}`, {
    errors: [{ in: 'header', parameter: 'Idempotency-Key', message }],
  });
}

function withSortedKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withSortedKeys);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withSortedKeys(inner)]));
}

export const hashOf = (text: string): string => hash('sha256', text, 'base64url');

/** Tells a repeat of a request from another request, however the fields of either were ordered. */
export const fingerprintOf = (request: unknown): string => hashOf(JSON.stringify(withSortedKeys(request)));

/** A request that carries an Idempotency-Key, and what a repeat of it is known by: method, path and body. */
export type Keyed = { readonly key: string; readonly fingerprint: string };

/** `confirmed` is not part of what a repeat is known by: the answer "confirm" asks for the same request with it. */
function withoutConfirmed(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'confirmed'));
}

export function keyedBy(
  header: string | undefined,
  request: {
    readonly method: string;
    readonly path: string;
    readonly params: unknown;
    readonly body: unknown;
  },
): Keyed | null {
  const key = idempotencyKeyOf(header);
  if (key === null) return null;
  return { key, fingerprint: fingerprintOf({ ...request, body: withoutConfirmed(request.body) }) };
}

export const keyReused = (): Problem =>
  new Problem('idempotency-key-reused', 'Send a new Idempotency-Key with a new request.');

/** A stored answer, given again. */
export const replayOf = (stored: { readonly status: number; readonly body: unknown }): Reply => ({
  status: stored.status,
  ...(stored.body === null ? {} : { body: stored.body }),
  headers: { 'Idempotent-Replayed': 'true' },
});

/**
 * The answer that a repeat is given where the account's commit stored one; null where this is no repeat.
 * @throws Problem where the key was used with another request.
 */
export function replayed(
  answers: readonly {
    readonly key: string;
    readonly fingerprint: string;
    readonly status: number;
    readonly body: unknown;
  }[],
  keyed: Keyed | null,
): Reply | null {
  const stored = keyed === null ? undefined : answers.find(({ key }) => key === keyed.key);
  if (stored === undefined) return null;
  if (stored.fingerprint !== keyed?.fingerprint) throw keyReused();
  return replayOf(stored);
}

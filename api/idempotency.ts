import { createHash } from 'node:crypto';
import { Problem } from './problems/problem.ts';

const keyForm = /^[\x21-\x7e]{1,255}$/;

/** The request's `Idempotency-Key`, null where none was sent. */
export function idempotencyKeyOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (keyForm.test(header)) return header;
  const message = 'must be 1–255 visible ASCII characters';
  throw new Problem('invalid-request', `Idempotency-Key: ${message}`, {
    errors: [{ in: 'header', parameter: 'Idempotency-Key', message }],
  });
}

/** JSON with sorted keys: the same request gives the same text however its fields were ordered. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
}

/** Tells a repeat of a request from another request. */
export const fingerprintOf = (request: unknown): string =>
  createHash('sha256').update(canonical(request)).digest('base64url');

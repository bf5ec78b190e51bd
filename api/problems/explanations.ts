import type { ProblemCode } from './catalogue.ts';

/** What each problem means and what to do about it, for the page that problem types point at. */
export const explanations: Readonly<Record<ProblemCode, string>> = {
  'invalid-request':
    'A field has the wrong type or value, is missing, or is not known. The list under errors names each field and what is wanted. Nothing was written.',
  'malformed-json': 'The body could not be read as JSON. Send one JSON object, encoded as UTF-8.',
  'malformed-url':
    'The address holds a percent-encoding that stands for nothing. Encode ids with encodeURIComponent.',
  unauthorized:
    'No key was sent, or the key is unknown, expired or revoked. Send the header Authorization: Bearer sk_….',
  forbidden: 'The key is valid but lacks the scope that this address needs: app, growth or admin.',
  'sandbox-only': 'Test clocks exist in sandbox apps alone. Live apps live on the real clock.',
  'not-found':
    'There is no such user, session, notice, review, app or key. What belongs to another app looks just the same.',
  'method-not-allowed': 'The header Allow lists the methods that this address takes.',
  'already-decided':
    'A person has decided this review before. An approval can follow a rejection; nothing else changes a decided review.',
  'authorization-reused':
    'The id was used in this session for another call. A repeat must be the same request; another call needs its own id.',
  'app-exists': 'Choose another id, or leave it out and let one be made.',
  'idempotency-key-in-use':
    'The first request under the key has not been answered yet. Repeat this one after Retry-After: it is then given the same answer.',
  'secret-shown-once':
    'The request under this Idempotency-Key was carried out before. Secrets are not stored, so its answer cannot be repeated; the detail says how to get a new secret.',
  'session-ended':
    'A session that has ended, or was idle for too long, makes no more calls. Usage of calls made before is still counted.',
  'too-many-modifiers':
    'An account holds at most 50 grants and overrides that have not ended. Withdraw some of them first.',
  'too-many-webhooks': 'An app has at most 20 webhook endpoints. Remove one that is not used any more.',
  'usage-event-reused':
    'The id was used for another session or with other figures. A repeat must be the same event; another call needs its own id.',
  'body-too-large': 'A request may hold one megabyte. Send less at once.',
  'unsupported-media-type': 'Bodies are JSON: send Content-Type: application/json.',
  'idempotency-key-reused':
    'The key was used within the last 24 hours with another request. Use a new key for a new request.',
  'too-many-failures':
    'Twenty wrong keys or tokens came from one address within a minute. Keys that were good are let through all the same. Retry-After says when others are looked at again.',
  'too-many-streams':
    'A user may hold five streams open, and a process two thousand. Close those that nobody looks at; a page needs one.',
  'model-not-in-tier':
    'The policy lists the models of each tier, and refuses others. The detail names those of this session.',
  'unknown-model':
    'Neither the policy nor the price table has a price for the model, and nothing is ever taken for free. Send cost_usd, or state the model or a fallback under prices in the policy.',
  'unknown-plan': 'The plan is not part of the app’s policy in force. The detail lists those that are.',
  'contradicting-limits':
    'One session would hold more than the whole period may cost, so that none could ever start. The field says when and by whose word. Lower the one limit or raise the other, for as long as both are in force.',
  'impossible-time':
    'The time lies in the future, or a test clock would have to go back. Five minutes of skew are allowed.',
  internal:
    'Nobody foresaw this. It is logged under the request id in the detail; the request may be repeated.',
  'account-busy':
    'So many requests change the same account that this one found no gap. Nothing was written; repeat it after Retry-After.',
  unavailable:
    'The ledger does not answer. Requests with an Idempotency-Key or an event id may be repeated safely after Retry-After.',
};

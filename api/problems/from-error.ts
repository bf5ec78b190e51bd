import { AccountBusy } from '../../ledger/decision.ts';
import { Problem } from './problem.ts';

const soon = { headers: { 'retry-after': '1' } };

/** Conditions of Postgres that pass: connections, restarts, timeouts, locks (SQLSTATE classes 08, 53, 57 and 55P03, 40). */
const passing = /^(08|53|57|40)|^55P03$/;
const networkCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND']);
const poolMessages = /timeout exceeded when trying to connect|Connection terminated|Query read timeout/;

function isLedgerAway(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  return networkCodes.has(code) || passing.test(code) || poolMessages.test(error.message);
}

/** What Express's own body reader and router throw, by the `type` they carry. */
function fromExpress(error: Error): Problem | null {
  const type = 'type' in error ? error.type : null;
  switch (type) {
    case 'entity.too.large':
      return new Problem('body-too-large', 'Send less than 1 MB in one request.');
    case 'entity.parse.failed':
      return new Problem('malformed-json', `The body could not be read as JSON: ${error.message}`);
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new Problem('unsupported-media-type', 'Send the body as UTF-8 JSON.');
    case 'request.aborted':
    case 'request.size.invalid':
    case 'stream.encoding.set':
      return new Problem('malformed-json', 'The body did not arrive whole.');
    default:
      return error instanceof URIError
        ? new Problem('malformed-url', 'The address holds a broken percent-encoding.')
        : null;
  }
}

/** What a client is told of any error. Null: nobody foresaw it; it is logged whole and answered as `internal`. */
export function fromError(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof AccountBusy) {
    return new Problem('account-busy', 'Try again; the request changed nothing.', soon);
  }
  if (!(error instanceof Error)) return null;
  if (isLedgerAway(error)) {
    return new Problem('unavailable', 'Try again in a moment; the request may be repeated safely.', soon);
  }
  return fromExpress(error);
}

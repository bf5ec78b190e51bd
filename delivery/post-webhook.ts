import { Webhook } from 'standardwebhooks';
import { request as send } from 'undici';
import type { AppMode } from '../domain/app-mode.ts';
import { addressFault } from '../domain/webhook/address.ts';
import type { DeliveryOutcome } from './outcome.ts';
import { agents } from './pinned-connection.ts';

export type WebhookRequest = {
  readonly id: string;
  readonly url: string;
  /** The newest first; one that was rotated signs beside it as long as both are known. */
  readonly secrets: readonly string[];
  readonly payload: unknown;
  readonly mode: AppMode;
};

/** From the first byte to the last: an endpoint that drips is an endpoint that hangs. */
const answerWithinMs = 10_000;
const longestRetryAfterMs = 24 * 60 * 60 * 1000;
const largestAnswer = 64 * 1024;

/** `Retry-After` in seconds or as an HTTP date, bounded by a day. */
function retryAfterOf(header: string | string[] | undefined, now: number): number | null {
  const [text] = [header].flat();
  if (text === undefined) return null;
  const at = /^\d+$/.test(text) ? now + Number(text) * 1000 : Date.parse(text);
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - now), longestRetryAfterMs);
}

function judge(status: number, retryAfter: string | string[] | undefined): DeliveryOutcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const error = `the endpoint answered ${status}`;
  // 410 Gone is the endpoint's way to say that it wants no more (Standard Webhooks).
  if (status === 410) return { kind: 'never', error, gone: true };
  return { kind: 'again', error, retryAfterMs: retryAfterOf(retryAfter, Date.now()) };
}

function signedHeaders({ id, secrets }: WebhookRequest, body: string, at: Date): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'stipend',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}

/**
 * Posts one message, signed as Standard Webhooks has it. Redirects are not followed: the signature is for one address. The
 * host is looked up once, and only a judged address is connected to.
 */
export async function postWebhook(message: WebhookRequest): Promise<DeliveryOutcome> {
  const fault = addressFault(message.url, message.mode);
  if (fault !== null) return { kind: 'never', error: `the address ${fault}` };
  const at = new Date();
  const body = JSON.stringify({ ...Object(message.payload), timestamp: at.toISOString() });
  // Not `AbortSignal.timeout`: that holds on to a message for all of its time, however soon it was answered.
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  }, answerWithinMs);
  try {
    const response = await send(message.url, {
      method: 'POST',
      dispatcher: agents[message.mode],
      signal: deadline.signal,
      headers: signedHeaders(message, body, at),
      body,
    });
    await response.body.dump({ limit: largestAnswer });
    return judge(response.statusCode, response.headers['retry-after']);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { kind: 'again', error: `no answer: ${reason}`, retryAfterMs: null };
  } finally {
    clearTimeout(timer);
  }
}

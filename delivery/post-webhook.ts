import { Webhook } from 'standardwebhooks';

export type WebhookRequest = {
  readonly id: string;
  readonly url: string;
  readonly secret: string;
  readonly payload: unknown;
  /** Live endpoints must speak TLS. */
  readonly requireTls: boolean;
};

/** `again`: a later attempt may succeed. `never`: it cannot. */
export type WebhookOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again'; readonly error: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'never'; readonly error: string };

const answerWithinMs = 10_000;
const longestRetryAfterMs = 24 * 60 * 60 * 1000;

/** `Retry-After` in seconds or as an HTTP date, bounded by a day. */
function retryAfterOf(header: string | null, now: number): number | null {
  if (header === null) return null;
  const at = /^\d+$/.test(header) ? now + Number(header) * 1000 : Date.parse(header);
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - now), longestRetryAfterMs);
}

function judge(response: Response): WebhookOutcome {
  const { status } = response;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const error = `the endpoint answered ${status}`;
  // 410 Gone is the endpoint's way to say that it wants no more (Standard Webhooks).
  if (status === 410) return { kind: 'never', error };
  return {
    kind: 'again',
    error,
    retryAfterMs: retryAfterOf(response.headers.get('retry-after'), Date.now()),
  };
}

/** Posts one message, signed as Standard Webhooks has it. Redirects are not followed: the signature is for one address. */
export async function postWebhook(request: WebhookRequest): Promise<WebhookOutcome> {
  const url = new URL(request.url);
  if (request.requireTls && url.protocol !== 'https:') {
    return { kind: 'never', error: 'the endpoint of a live app must be https' };
  }
  const timestamp = new Date();
  const body = JSON.stringify({ ...Object(request.payload), timestamp: timestamp.toISOString() });
  const signature = new Webhook(request.secret).sign(request.id, timestamp, body);
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(answerWithinMs),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'stipend',
        'webhook-id': request.id,
        'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1000)),
        'webhook-signature': signature,
      },
      body,
    });
    await response.body?.cancel();
    return judge(response);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { kind: 'again', error: `no answer: ${reason}`, retryAfterMs: null };
  }
}

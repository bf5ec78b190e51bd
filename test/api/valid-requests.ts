import { referencePolicy } from '../../domain/policy/reference.ts';

/** What the fixtures of the table are called, for the addresses below. */
export type Fixtures = {
  readonly app: string;
  readonly session: string;
  readonly review: string;
  readonly modifier: string;
};

/** A valid request of every route, by operation: a route without one fails the table. */
export const validRequests: Readonly<Record<string, { readonly body?: unknown }>> = {
  putUser: {
    body: {
      registered_at: '2026-01-01T00:00:00Z',
      time_zone: 'Europe/Berlin',
      locale: 'en',
      email: 'ada@example.com',
      plan: 'free',
      registration: { ip: '192.0.2.1', device: 'd', browser: 'b' },
    },
  },
  startSession: {
    body: {
      confirmed: true,
      client: { ip: '192.0.2.1', device: 'd', browser: 'b', credential: 'c' },
      metadata: { free: 'text' },
    },
  },
  authorizeCall: { body: { id: 'a1', model: 'claude-sonnet-4-5', input_tokens: 10, max_output_tokens: 10 } },
  reportUsage: { body: { id: 'e1', model: 'claude-sonnet-4-5', input_tokens: 10, output_tokens: 10 } },
  reportUsageBatch: { body: { events: [{ id: 'e1', session: 's', cost_usd: 0.01 }] } },
  endSession: {},
  getUsage: {},
  getMail: {},
  eraseUser: {},
  reportUserEvent: {
    body: { event: 'upgraded', occurred_at: '2026-01-01T00:00:00Z', plan: 'Pro', note: 'a note' },
  },
  getInbox: {},
  seeNotice: {},
  dismissNotice: {},
  streamInbox: {},
  issueUserToken: { body: { expires_in: 600 } },
  getLimits: {},
  getTimeline: {},
  grant: { body: { sessions: 1, reason: 'a reason' } },
  override: { body: { limits: { per_day: 5 }, reason: 'a reason' } },
  withdraw: {},
  listReviews: {},
  decideReview: { body: { decision: 'approve', note: 'a note' } },
  advanceTestClock: { body: { by: 'PT1S', wait: false } },
  getTestClock: {},
  createWebhook: { body: { url: 'https://example.com/hook', events: ['review.due'], enabled: true } },
  listWebhooks: {},
  changeWebhook: { body: { url: 'https://example.com/hook', events: ['review.due'], enabled: false } },
  rotateWebhookSecret: { body: { overlap: 'PT1H' } },
  testWebhook: {},
  removeWebhook: {},
  listDeliveries: {},
  resendDelivery: {},
  createApp: { body: { name: 'an app', mode: 'sandbox', policy: referencePolicy } },
  issueKey: { body: { scopes: ['app'], name: 'a name', expires_at: '2190-01-01T00:00:00Z' } },
  setOrigins: { body: { origins: ['https://app.example.com'] } },
  listKeys: {},
  rotateKey: { body: { overlap: 'PT1H' } },
  revokeKey: {},
  listAudit: {},
};

export const addressOf = (path: string, names: Fixtures): string =>
  path.replaceAll(/:(\w+)/g, (_whole, name: string) => {
    const known: Readonly<Record<string, string>> = { ...names, user: 'ada', notice: 'n1', key: 'k1' };
    return known[name] ?? `some-${name}`;
  });

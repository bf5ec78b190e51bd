import type { Pool } from 'pg';
import { expect } from 'vitest';
import { issueApiKey } from '../../ledger/api-keys.ts';
import type { TestApp } from '../setup/product.ts';

type Asked = { readonly path: string; readonly body?: unknown };

/** A request that does something, another that a repeat of it must not be taken for, and how often it was done. */
export type Prepared = {
  readonly asked: Asked;
  readonly other: Asked;
  readonly effects: () => Promise<number>;
};

type Case = (app: TestApp, pool: Pool) => Promise<Prepared>;

const counting =
  (pool: Pool, query: string, values: readonly unknown[] = []) =>
  async (): Promise<number> => {
    const { rows } = await pool.query<{ n: number }>(`select count(*) as n from ${query}`, [...values]);
    return rows[0]?.n ?? 0;
  };

const sessionOf = async (app: TestApp, user: string): Promise<string> =>
  (await app.call('POST', `/v1/users/${user}/sessions`)).body.session.id;

const endpointOf = async (app: TestApp): Promise<string> =>
  (await app.call('POST', '/v1/webhooks', { url: 'https://example.com/hook' })).body.id;

/** One for every POST, by its operation: a route without one fails its tests. */
export const cases: Readonly<Record<string, Case>> = {
  startSession: async (app, pool) => ({
    asked: { path: '/v1/users/ada/sessions', body: {} },
    other: { path: '/v1/users/ada/sessions', body: { metadata: { a: 'b' } } },
    effects: counting(pool, 'sessions where app_id = $1', [app.id]),
  }),
  endSession: async (app, pool) => {
    const [first, second] = [await sessionOf(app, 'ada'), await sessionOf(app, 'ada')];
    return {
      asked: { path: `/v1/sessions/${first}/end` },
      other: { path: `/v1/sessions/${second}/end` },
      effects: counting(pool, 'sessions where app_id = $1 and ended_at is not null', [app.id]),
    };
  },
  authorizeCall: async (app, pool) => {
    const path = `/v1/sessions/${await sessionOf(app, 'ada')}/authorizations`;
    const call = { model: 'claude-sonnet-4-5', input_tokens: 10, max_output_tokens: 10 };
    return {
      asked: { path, body: { id: 'a1', ...call } },
      other: { path, body: { id: 'a2', ...call } },
      effects: counting(pool, 'authorizations where app_id = $1', [app.id]),
    };
  },
  reportUsage: async (app, pool) => {
    const path = `/v1/sessions/${await sessionOf(app, 'ada')}/usage`;
    return {
      asked: { path, body: { id: 'e1', cost_usd: 0.01 } },
      other: { path, body: { id: 'e2', cost_usd: 0.01 } },
      effects: counting(pool, 'usage_events where app_id = $1', [app.id]),
    };
  },
  reportUsageBatch: async (app, pool) => {
    const session = await sessionOf(app, 'ada');
    return {
      asked: { path: '/v1/usage', body: { events: [{ id: 'e1', session, cost_usd: 0.01 }] } },
      other: { path: '/v1/usage', body: { events: [{ id: 'e2', session, cost_usd: 0.01 }] } },
      effects: counting(pool, 'usage_events where app_id = $1', [app.id]),
    };
  },
  grant: async (app, pool) => {
    await app.call('PUT', '/v1/users/ada', {});
    return {
      asked: { path: '/v1/users/ada/grants', body: { sessions: 5, reason: 'a school class' } },
      other: { path: '/v1/users/ada/grants', body: { sessions: 6, reason: 'a school class' } },
      effects: counting(pool, "commands where app_id = $1 and kind = 'grant'", [app.id]),
    };
  },
  override: async (app, pool) => {
    await app.call('PUT', '/v1/users/ada', {});
    const path = '/v1/users/ada/overrides';
    return {
      asked: { path, body: { limits: { per_day: 5 }, reason: 'a pilot' } },
      other: { path, body: { limits: { per_day: 6 }, reason: 'a pilot' } },
      effects: counting(pool, "commands where app_id = $1 and kind = 'override'", [app.id]),
    };
  },
  reportUserEvent: async (app, pool) => {
    await app.call('PUT', '/v1/users/ada', {});
    const path = '/v1/users/ada/events';
    return {
      asked: { path, body: { event: 'upgrade_page_viewed' } },
      other: { path, body: { event: 'upgraded' } },
      effects: counting(pool, 'user_events where app_id = $1', [app.id]),
    };
  },
  seeNotice: async (app, pool) => {
    await sessionOf(app, 'ada');
    await pool.query(
      `insert into notices (app_id, user_id, notice_id, kind, period, threshold, text, created_at)
       select $1, 'ada', n, 'nudge', 1, 70, 'seven of ten', now() from unnest(array['n1', 'n2']) n`,
      [app.id],
    );
    return {
      asked: { path: '/v1/users/ada/inbox/n1/seen' },
      other: { path: '/v1/users/ada/inbox/n2/seen' },
      effects: counting(pool, 'notices where app_id = $1 and seen_at is not null', [app.id]),
    };
  },
  dismissNotice: async (app, pool) => {
    await sessionOf(app, 'ada');
    await pool.query(
      `insert into notices (app_id, user_id, notice_id, kind, period, threshold, text, created_at)
       select $1, 'ada', n, 'nudge', 1, 70, 'seven of ten', now() from unnest(array['n1', 'n2']) n`,
      [app.id],
    );
    return {
      asked: { path: '/v1/users/ada/inbox/n1/dismissed' },
      other: { path: '/v1/users/ada/inbox/n2/dismissed' },
      effects: counting(pool, 'notices where app_id = $1 and dismissed_at is not null', [app.id]),
    };
  },
  issueUserToken: async (app, pool) => ({
    asked: { path: '/v1/users/ada/tokens', body: { expires_in: 600 } },
    other: { path: '/v1/users/ada/tokens', body: { expires_in: 700 } },
    // Nothing is written down of a token but that one was made under the key.
    effects: counting(pool, 'answers where app_id = $1', [app.id]),
  }),
  decideReview: async (app, pool) => {
    for (let attempt = 0; attempt < 25; attempt += 1) await app.call('POST', '/v1/users/bot/sessions');
    const { reviews } = (await app.growth('GET', '/v1/reviews')).body;
    expect(reviews).toHaveLength(1);
    const path = `/v1/reviews/${reviews[0].id}/decision`;
    return {
      asked: { path, body: { decision: 'approve', note: 'a school class' } },
      other: { path, body: { decision: 'reject' } },
      effects: counting(pool, "commands where app_id = $1 and kind <> 'flag'", [app.id]),
    };
  },
  advanceTestClock: async (app, pool) => ({
    asked: { path: '/v1/test-clock/advance', body: { by: 'P1D', wait: false } },
    other: { path: '/v1/test-clock/advance', body: { by: 'P2D', wait: false } },
    effects: async () => {
      const { rows } = await pool.query('select clock_offset_ms from apps where app_id = $1', [app.id]);
      return Math.round(rows[0].clock_offset_ms / 86_400_000);
    },
  }),
  createApp: async (_app, pool) => ({
    asked: { path: '/v1/apps', body: { name: 'made once', mode: 'sandbox' } },
    other: { path: '/v1/apps', body: { name: 'made twice', mode: 'sandbox' } },
    effects: counting(pool, "apps where name = 'made once'"),
  }),
  issueKey: async (app, pool) => ({
    asked: { path: `/v1/apps/${app.id}/keys`, body: { scopes: ['app'] } },
    other: { path: `/v1/apps/${app.id}/keys`, body: { scopes: ['growth'] } },
    effects: counting(pool, 'api_keys where app_id = $1', [app.id]),
  }),
  rotateKey: async (app, pool) => {
    const made = async () => {
      const issued = await issueApiKey(pool, { appId: app.id, mode: 'sandbox', scopes: ['app'] });
      return `/v1/apps/${app.id}/keys/${issued.keyId}/rotate`;
    };
    return {
      asked: { path: await made(), body: { overlap: 'PT1H' } },
      other: { path: await made(), body: { overlap: 'PT2H' } },
      effects: counting(pool, "audit where app_id = $1 and act = 'key.rotate'", [app.id]),
    };
  },
  createWebhook: async (app, pool) => ({
    asked: { path: '/v1/webhooks', body: { url: 'https://example.com/one' } },
    other: { path: '/v1/webhooks', body: { url: 'https://example.com/other' } },
    effects: counting(pool, 'webhook_endpoints where app_id = $1', [app.id]),
  }),
  rotateWebhookSecret: async (app, pool) => {
    const [id, other] = [await endpointOf(app), await endpointOf(app)];
    return {
      asked: { path: `/v1/webhooks/${id}/rotate`, body: { overlap: 'PT1H' } },
      other: { path: `/v1/webhooks/${other}/rotate`, body: { overlap: 'PT2H' } },
      effects: counting(pool, "audit where app_id = $1 and act = 'webhook.rotate'", [app.id]),
    };
  },
  testWebhook: async (app, pool) => {
    const [id, other] = [await endpointOf(app), await endpointOf(app)];
    return {
      asked: { path: `/v1/webhooks/${id}/test` },
      other: { path: `/v1/webhooks/${other}/test` },
      effects: counting(pool, 'deliveries where app_id = $1', [app.id]),
    };
  },
  resendDelivery: async (app, pool) => {
    const id = await endpointOf(app);
    const first = (await app.call('POST', `/v1/webhooks/${id}/test`)).body.delivery;
    const second = (await app.call('POST', `/v1/webhooks/${id}/test`)).body.delivery;
    return {
      asked: { path: `/v1/deliveries/${first}/resend` },
      other: { path: `/v1/deliveries/${second}/resend` },
      effects: counting(pool, "audit where app_id = $1 and act = 'delivery.resend'", [app.id]),
    };
  },
};

import { describe, expect, test } from 'vitest';
import { decideUsageRepeat } from '../../../domain/allowance/usage.ts';
import { authorizationId, sessionId } from '../../../domain/ids.ts';
import { hour, instant, minute } from '../../../domain/instant.ts';
import { accountOn, startSession } from '../account-on.ts';
import { type AnAccount, at } from '../an-account.ts';

const start = at('2026-11-24T10:00:00Z');
const accountWith = (plan: Parameters<typeof accountOn>[0] = {}) =>
  accountOn({ sessions: { per_day: null, per_month: 100, concurrent: 10 }, ...plan });
const started = (account: AnAccount): string => startSession(account).id;

const repeat = (account: AnAccount, id: string, authorization: string | null = null) =>
  decideUsageRepeat(
    account.state,
    {
      sessionId: sessionId(id),
      authorizationId: authorization === null ? null : authorizationId(authorization),
    },
    account.context(),
  ).answer;

describe('after a call a session', () => {
  test('goes on while it has money left, and no further', () => {
    const account = accountWith();
    const id = started(account);
    expect(account.use(id, 0.19)).toMatchObject({ continue: true, limitedBy: null, overshoot: 0 });
    expect(account.use(id, 0.01)).toMatchObject({ continue: false, limitedBy: 'session', overshoot: 0 });
    expect(account.use(id, 0.05)).toMatchObject({ continue: false, overshoot: 50_000 });
  });

  test('goes on while it has tokens left, where the policy counts them', () => {
    const account = accountWith({
      budget: { per_month: 2, buffer: '20%', per_session: 0.2, per_session_tokens: 1_000 },
    });
    const id = started(account);
    const call = { inputTokens: 400, outputTokens: 99 };
    expect(account.use(id, 0.001, call)).toMatchObject({ continue: true });
    expect(account.use(id, 0.001, call)).toMatchObject({ continue: true });
    expect(account.use(id, 0.001, { inputTokens: 1, outputTokens: 1 })).toMatchObject({
      continue: false,
      limitedBy: 'session',
    });
  });

  test('does not go on once it has ended; no limit is to blame', () => {
    const account = accountWith();
    const id = started(account);
    account.end(id);
    expect(account.use(id, 0.01)).toMatchObject({ continue: false, limitedBy: null });
  });

  test('does not go on while a person looks, or once they have said no', () => {
    const account = accountWith();
    const id = started(account);
    account.flag('under_review');
    expect(account.use(id, 0.01)).toMatchObject({ continue: false, limitedBy: 'review' });
    account.review('reject');
    expect(account.use(id, 0.01)).toMatchObject({ continue: false, limitedBy: 'suspended' });
    account.end(id);
    expect(account.use(id, 0.01)).toMatchObject({ continue: false, limitedBy: 'suspended' });
  });

  test('goes on whatever it cost, on a paid plan', () => {
    const account = accountWith();
    const id = started(account);
    account.bill('upgraded');
    expect(account.use(id, 5)).toMatchObject({ continue: true, limitedBy: null });
  });

  test('that is told twice is told how it stands now', () => {
    const account = accountWith();
    const id = started(account);
    account.use(id, 0.2);
    expect(repeat(account, id)).toMatchObject({
      continue: false,
      limitedBy: 'session',
      overshoot: 0,
      authorization: null,
    });
    account.end(id);
    expect(repeat(account, id)).toMatchObject({ continue: false, limitedBy: null });
  });
});

describe('an authorization that a call names', () => {
  test('is settled by it, and by its repeat', () => {
    const account = accountWith();
    const id = started(account);
    account.authorize(id, { id: authorizationId('a') });
    const answer = account.use(id, 0.001, { authorizationId: authorizationId('a') });
    expect(answer.authorization).toBe('settled');
    expect(repeat(account, id, 'a').authorization).toBe('settled');
  });

  test('was used by another call, has expired, or was never known', () => {
    const account = accountWith();
    const id = started(account);
    account.authorize(id, { id: authorizationId('a') });
    account.use(id, 0.001, { authorizationId: authorizationId('a') });
    expect(account.use(id, 0.001, { authorizationId: authorizationId('a') }).authorization).toBe('used');
    account.authorize(id, { id: authorizationId('b') });
    account.forward(24 * hour);
    expect(account.use(id, 0.001, { authorizationId: authorizationId('b') }).authorization).toBe('expired');
    expect(repeat(account, id, 'b').authorization).toBe('expired');
    expect(account.use(id, 0.001, { authorizationId: authorizationId('c') }).authorization).toBe('unknown');
    expect(repeat(account, id, 'c').authorization).toBe('unknown');
  });

  test('is none where it names none', () => {
    const account = accountWith();
    const id = started(account);
    expect(account.use(id, 0.001).authorization).toBeNull();
    expect(account.use(id, 0.001, { authorizationId: null }).authorization).toBeNull();
  });
});

describe('of a call is remembered', () => {
  test('the sketch of its input, the last thirty-two of them, and no call without one', () => {
    const account = accountWith();
    const id = started(account);
    account.use(id, 0.001);
    expect(account.state.account.recentInputs).toEqual([]);
    for (let call = 0; call < 40; call += 1) account.use(id, 0.001, { inputSketch: `sketch ${call}` });
    const { recentInputs } = account.state.account;
    expect(recentInputs).toHaveLength(32);
    expect([recentInputs[0], recentInputs.at(-1)]).toEqual(['sketch 8', 'sketch 39']);
  });

  test('when it happened by the app’s word, else when it was heard of', () => {
    const account = accountWith();
    const id = started(account);
    account.forward(minute).use(id, 0.001, { occurredAt: start });
    account.use(id, 0.001);
    expect(account.added.usageEvents.map(({ occurredAt, recordedAt }) => [occurredAt, recordedAt])).toEqual([
      [start, start + minute],
      [start + minute, instant(start + minute)],
    ]);
  });
});

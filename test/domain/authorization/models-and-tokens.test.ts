import { describe, expect, test } from 'vitest';
import { hour } from '../../../domain/instant.ts';
import { AnAccount, policyWith } from '../an-account.ts';
import { admitted, granted, sessionNamed, worst } from './asking.ts';

describe('the policy’s models', () => {
  const offering = (other_models: 'refuse' | 'downgrade') =>
    policyWith((plan) => ({
      ...plan,
      models: { standard: ['claude-sonnet-4-5', 'gpt-5-mini'], economy: ['gpt-5-mini'] },
      other_models,
    }));

  test('a model outside the session’s tier is refused, with those that are in it', () => {
    const account = new AnAccount(undefined, offering('refuse'));
    const id = admitted(account);
    expect(account.authorize(id, { model: 'gpt-5' })).toEqual({
      outcome: 'model_not_in_tier',
      allowed: ['claude-sonnet-4-5', 'gpt-5-mini'],
    });
    expect(account.authorize(id, { model: ' GPT-5-mini' }).outcome).toBe('granted');
  });

  test('or downgraded to the tier’s first model, and priced as that', () => {
    const account = new AnAccount(undefined, offering('downgrade'));
    const authorization = granted(account.authorize(admitted(account), { model: 'gpt-5' }));
    expect(authorization).toMatchObject({ model: 'claude-sonnet-4-5', reserved: worst });
  });

  test('a degraded session stays with the models of its tier, whatever the ladder says later', () => {
    const account = new AnAccount(undefined, offering('refuse'));
    for (let done = 0; done < 8; done += 1) account.forward(12 * hour).session();
    const id = admitted(account.forward(12 * hour));
    expect(sessionNamed(account, id).tier).toBe('economy');
    account.grant({ sessions: 100 });
    expect(account.authorize(id).outcome).toBe('model_not_in_tier');
    expect(account.authorize(id, { model: 'gpt-5-mini' }).outcome).toBe('granted');
  });

  test('a model without a price is named', () => {
    const policy = policyWith((plan) => ({
      ...plan,
      models: { standard: ['our-own-model'], economy: ['our-own-model'] },
    }));
    const account = new AnAccount(undefined, policy);
    expect(account.authorize(admitted(account), { model: 'our-own-model' })).toEqual({
      outcome: 'unknown_model',
      model: 'our-own-model',
    });
  });
});

describe('tokens of a session', () => {
  const policy = policyWith((plan) => ({
    ...plan,
    budget: { ...plan.budget, per_session_tokens: 3_000 },
  }));

  test('reached, the session is told to stop', () => {
    const account = new AnAccount(undefined, policy);
    const id = admitted(account);
    expect(account.use(id, 0.001, { inputTokens: 2_000, outputTokens: 999 })).toMatchObject({
      continue: true,
    });
    expect(account.use(id, 0.001, { inputTokens: 1, outputTokens: 0 })).toMatchObject({
      continue: false,
      limitedBy: 'session',
    });
  });

  test('bound what is authorized, reservations included', () => {
    const account = new AnAccount(undefined, policy);
    const id = admitted(account);
    expect(granted(account.authorize(id, { inputTokens: 1_500, maxOutputTokens: 500 })).outputTokens).toBe(
      500,
    );
    expect(granted(account.authorize(id, { inputTokens: 600, maxOutputTokens: 9_999 })).outputTokens).toBe(
      400,
    );
    expect(account.authorize(id, { inputTokens: 0 })).toMatchObject({ outcome: 'refused' });
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sealWebhookSecrets } from '../../ledger/seal-webhook-secrets.ts';
import { createSecretKeys, newSecretKey, secretKeysVariable } from '../../ledger/secret-keys.ts';
import { type TestApi, startApi } from '../setup/product.ts';

const keys = (...values: string[]) => createSecretKeys(secretKeysVariable.parse(values.join(',')));

describe('a sealed secret', () => {
  test('is opened by its key, and by no other or after a change of one character', () => {
    const [mine, other] = [keys(newSecretKey()), keys(newSecretKey())];
    const sealed = mine.seal('whsec_abc');
    expect(sealed).not.toContain('whsec');
    expect(mine.open(sealed)).toBe('whsec_abc');
    expect(mine.seal('whsec_abc')).not.toBe(sealed);
    expect(() => other.open(sealed)).toThrow(/lacks the key/);
    const body = sealed.lastIndexOf('.') + 5;
    const changed = `${sealed.slice(0, body)}${sealed[body] === 'A' ? 'B' : 'A'}${sealed.slice(body + 1)}`;
    expect(() => mine.open(changed)).toThrow(/authenticate/);
  });

  test('under the key before the newest is opened, and asks to be sealed anew', () => {
    const [older, newer] = [newSecretKey(), newSecretKey()];
    const sealed = keys(older).seal('s');
    const both = keys(newer, older);
    expect(both.open(sealed)).toBe('s');
    expect(both.needsSealing(sealed)).toBe(true);
    expect(both.needsSealing(both.seal('s'))).toBe(false);
    expect(both.needsSealing('whsec_in_the_clear')).toBe(true);
    expect(both.open('whsec_in_the_clear')).toBe('whsec_in_the_clear');
  });

  test('is not made without a key, which says what is missing', () => {
    expect(() => createSecretKeys([]).seal('s')).toThrow('STIPEND_SECRET_KEY is not set');
  });
});

test.each(['', 'short', `${newSecretKey()},`, Buffer.alloc(16).toString('base64'), 'x'.repeat(44)])(
  'STIPEND_SECRET_KEY=%j is refused with how to make one',
  (value) => {
    const read = secretKeysVariable.safeParse(value);
    expect(read.error?.issues[0]?.message).toContain('openssl rand -base64 32');
  },
);

describe('secrets in the ledger', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.stop());

  test('from before there were keys are sealed once, both the one in force and the one before it', async () => {
    const app = await api.app();
    const { pool, secrets } = api.database.ledger;
    const { body } = await app.call('POST', '/v1/webhooks', { url: 'https://example.com/hook' });
    await pool.query(
      "update webhook_endpoints set secret = 'whsec_clear', previous_secret = 'whsec_before' where endpoint_id = $1",
      [body.id],
    );
    expect(await sealWebhookSecrets(pool, secrets)).toBe(1);
    const { rows } = await pool.query('select secret, previous_secret from webhook_endpoints');
    expect(rows[0].secret).toMatch(/^sealed\./);
    expect([secrets.open(rows[0].secret), secrets.open(rows[0].previous_secret)]).toEqual([
      'whsec_clear',
      'whsec_before',
    ]);
    expect(await sealWebhookSecrets(pool, secrets)).toBe(0);
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type MailingApp, startMailingApp } from '../setup/mailing-app.ts';
import { request } from '../setup/product.ts';

let mailing: MailingApp;
beforeEach(async () => {
  mailing = await startMailingApp();
});
afterEach(() => mailing.stop());

describe('unsubscribing', () => {
  beforeEach(async () => {
    await mailing.tell(85);
    await mailing.send();
  });

  test('looking at the page changes nothing; the button stops every later mail', async () => {
    const page = await request(mailing.unsubscribeLink(), 'GET', null);
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('<form method="post">') });
    expect(page.body).toContain('Diese E-Mails abbestellen?');
    await mailing.tell(95);
    expect(await mailing.rows()).toHaveLength(2);
    expect((await request(mailing.unsubscribeLink(), 'POST', null)).body).toContain('Erledigt.');
    await mailing.send();
    await mailing.tell(100);
    await mailing.send();
    expect(mailing.server.mails).toHaveLength(1);
    // What waited is not sent, and no row is made for what comes later.
    expect((await mailing.rows()).map(({ status, last_error: error }) => [status, error])).toEqual(
      expect.arrayContaining([['failed', 'the user has unsubscribed']]),
    );
    expect(await mailing.rows()).toHaveLength(2);
    expect((await request(mailing.unsubscribeLink(), 'GET', null)).body).not.toContain('<form');
  });

  test('one click of a mail program is enough, however often it is sent', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (let click = 0; click < 2; click += 1)
      expect(
        (await request(mailing.unsubscribeLink(), 'POST', null, 'List-Unsubscribe=One-Click', headers))
          .status,
      ).toBe(200);
    const { rows: noted } = await mailing.api.database.ledger.pool.query(
      "select subject from audit where act = 'account.unsubscribe'",
    );
    expect(noted).toEqual([{ subject: 'ada' }]);
  });

  test('a link that was changed, or is for another user, does nothing', async () => {
    const link = mailing.unsubscribeLink();
    const [, token = ''] = /unsubscribe\/(.+)$/.exec(link) ?? [];
    const [name = '', , mac = ''] = token.split('.');
    const bob = Buffer.from('bob').toString('base64url');
    await mailing.app.call('PUT', '/v1/users/bob', { email: 'bob@example.com' });
    for (const wrong of [
      `${name}.${bob}.${mac}`,
      `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`,
      'x',
      '..',
      'a.b.c',
      'A'.repeat(5_000),
    ]) {
      const url = link.replace(token, wrong);
      expect([wrong, (await request(url, 'POST', null)).status]).toEqual([wrong, 404]);
    }
    const { rowCount } = await mailing.api.database.ledger.pool.query('select from mail_preferences');
    expect(rowCount).toBe(0);
  });
});

test.each([
  ['email_bounced', 'ada@other.example', 1],
  ['email_complained', 'ada@other.example', 0],
  ['email_bounced', 'ada@example.com', 0],
])('after %s a mail to %s: %d', async (event, email, count) => {
  expect((await mailing.app.call('POST', '/v1/users/ada/events', { event })).status).toBe(201);
  await mailing.app.call('PUT', '/v1/users/ada', { email });
  await mailing.tell(85);
  await mailing.send();
  expect(mailing.server.mails).toHaveLength(count);
});

test('an app reads why a user gets no mail: no address, one that bounced until there is another, a complaint', async () => {
  const standing = async (user = 'ada') => (await mailing.app.call('GET', `/v1/users/${user}/mail`)).body;
  const well = { has_address: true, unsubscribed_at: null, undeliverable: null };
  expect(await standing()).toEqual(well);
  mailing.server.answer('RCPT', 550, '5.1.1 no such user');
  await mailing.tell(70);
  await mailing.send();
  expect(await standing()).toEqual({
    ...well,
    undeliverable: { since: expect.stringMatching(/Z$/), reason: expect.stringContaining('550') },
  });
  await mailing.app.call('PUT', '/v1/users/ada', { email: 'ada@other.example' });
  expect(await standing()).toEqual(well);
  await mailing.app.call('POST', '/v1/users/ada/events', { event: 'email_complained' });
  expect(await standing()).toEqual({ ...well, unsubscribed_at: expect.stringMatching(/Z$/) });
  await mailing.app.call('PUT', '/v1/users/bob', {});
  expect(await standing('bob')).toEqual({ ...well, has_address: false });
  expect((await mailing.app.call('GET', '/v1/users/nobody/mail')).status).toBe(404);
});

test('no row is made for who has no address, or whose app sends no e-mail', async () => {
  await mailing.app.call('PUT', '/v1/users/bob', {});
  await mailing.tell(85, 'bob');
  const silent = await mailing.api.app();
  await silent.call('PUT', '/v1/users/ada', { email: 'ada@example.com' });
  await mailing.tell(85, 'ada', silent);
  const { rowCount } = await mailing.api.database.ledger.pool.query(
    "select from deliveries where channel = 'email'",
  );
  expect(rowCount).toBe(0);
});

test.each([
  'ada@example.com\r\nBcc: all@example.com',
  'ada@example.com\nSubject: x',
  'ada@example.com, eve@example.com',
  'Ada <ada@example.com>',
  'ada@exam\u0000ple.com',
  'ada@example.com\u2028',
  '"ada\r\n"@example.com',
  ' ada@example.com',
])('the address %j is refused by name', async (email) => {
  const answer = await mailing.app.call('PUT', '/v1/users/ada', { email });
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toContain('email');
});

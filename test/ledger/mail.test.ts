import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deliveryActivities } from '../../activities/delivery-activities.ts';
import { type Mailer, absentMailer, folderMailer, smtpMailer } from '../../delivery/email/mailer.ts';
import { appId, userId } from '../../domain/ids.ts';
import type { Notice } from '../../domain/notice/notice.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { readTotals } from '../../ledger/totals.ts';
import { type MailOptions, sendDueMails } from '../../worker/mail-dispatcher.ts';
import { type MailServer, startMailServer } from '../setup/mail-server.ts';
import { type TestApi, type TestApp, quiet, request, startApi } from '../setup/product.ts';

let api: TestApi;
let app: TestApp;
let server: MailServer;
let mailer: Mailer;

const policy = {
  ...referencePolicy,
  channels: {
    email: {
      enabled: true,
      from: 'Example <hello@example.com>',
      reply_to: 'help@example.com',
      quiet_hours: { from: '22:00', to: '08:00' },
    },
  },
};
const noon = Date.parse('2026-11-24T12:00:00Z');

beforeEach(async () => {
  [api, server] = await Promise.all([startApi(), startMailServer()]);
  app = await api.app(policy);
  mailer = smtpMailer(server.url, { socketTimeout: 700, greetingTimeout: 700, connectionTimeout: 700 });
  await app.call('PUT', '/v1/users/ada', { email: 'ada@example.com', locale: 'de' });
});
afterEach(async () => {
  mailer.close();
  await server.stop();
  await api.stop();
});

/** As the account's workflow has it delivered. */
async function tell(threshold: number, user = 'ada', of: TestApp = app): Promise<void> {
  const key = { appId: appId(of.id), userId: userId(user) };
  const [totals] = await readTotals(api.database.ledger, [key]);
  const period = totals!.periods[0]!;
  const notice: Notice = { kind: 'nudge', period: period.number, threshold, dimension: 'sessions' };
  await deliveryActivities(api.database.ledger).deliverByWebhook({ ...key, period, notice });
}

const send = (options: { mailer?: Mailer; now?: number; onAttempt?: MailOptions['onAttempt'] } = {}) =>
  sendDueMails({
    ledger: api.database.ledger,
    log: quiet,
    mailer: options.mailer ?? mailer,
    from: 'Stipend <stipend@example.com>',
    publicUrl: api.url,
    realNow: () => options.now ?? noon,
    ...(options.onAttempt === undefined ? {} : { onAttempt: options.onAttempt }),
  });

const rows = async (): Promise<any[]> =>
  (
    await api.database.ledger.pool.query(
      `select status, attempts, last_error, payload::text as payload,
         extract(epoch from next_attempt_at - now())::float8 as due_in
       from deliveries where app_id = $1 and channel = 'email' order by notice_id`,
      [app.id],
    )
  ).rows;
const dueNow = () =>
  api.database.ledger.pool.query(
    'update deliveries set next_attempt_at = now() where next_attempt_at is not null',
  );

test('a nudge is mailed once, in the user’s language, with one-click unsubscribe and a stable id', async () => {
  await tell(85);
  await tell(85);
  expect(await send()).toBe(1);
  expect(await send()).toBe(0);
  expect(server.mails).toHaveLength(1);
  const [mail] = server.mails;
  expect(mail?.subject).toBe('0 von 10 kostenlosen KI-Sitzungen genutzt');
  expect(mail?.from?.text).toBe('"Example" <hello@example.com>');
  expect(mail?.replyTo?.text).toBe('help@example.com');
  expect(mail?.to).toMatchObject({ text: 'ada@example.com' });
  expect(mail?.messageId).toMatch(/^<eml_[0-9a-f]{32}@example\.com>$/);
  expect(mail?.text).toContain('https://example.com/upgrade');
  expect(mail?.html).toContain('href="https://example.com/upgrade"');
  const source = mail?.headerLines.map(({ line }) => line.replaceAll(/\r\n\s/g, ' ')).join('\n') ?? '';
  expect(source).toMatch(/^List-Unsubscribe: +<http:/m);
  expect(source).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m);
  expect(await rows()).toMatchObject([{ status: 'delivered', attempts: 1, last_error: null }]);
  expect((await rows())[0].payload).not.toMatch(/example\.com|budget|spent|held/);
});

describe('unsubscribing', () => {
  const linkIn = () => /http:\/\/\S+\/v1\/unsubscribe\/[\w.-]+/.exec(server.mails[0]?.text ?? '')?.[0] ?? '';
  beforeEach(async () => {
    await tell(85);
    await send();
  });

  test('looking at the page changes nothing; the button stops every later mail', async () => {
    const page = await request(linkIn(), 'GET', null);
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('<form method="post">') });
    expect(page.body).toContain('Diese E-Mails abbestellen?');
    await tell(95);
    expect(await rows()).toHaveLength(2);
    expect((await request(linkIn(), 'POST', null)).body).toContain('Erledigt.');
    await send();
    await tell(100);
    await send();
    expect(server.mails).toHaveLength(1);
    // What waited is not sent, and no row is made for what comes later.
    expect((await rows()).map(({ status, last_error: error }) => [status, error])).toEqual(
      expect.arrayContaining([['failed', 'the user has unsubscribed']]),
    );
    expect(await rows()).toHaveLength(2);
    expect((await request(linkIn(), 'GET', null)).body).not.toContain('<form');
  });

  test('one click of a mail program is enough, however often it is sent', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (let click = 0; click < 2; click += 1)
      expect((await request(linkIn(), 'POST', null, 'List-Unsubscribe=One-Click', headers)).status).toBe(200);
    const { rows: noted } = await api.database.ledger.pool.query(
      "select subject from audit where act = 'account.unsubscribe'",
    );
    expect(noted).toEqual([{ subject: 'ada' }]);
  });

  test('a link that was changed, or is for another user, does nothing', async () => {
    const link = linkIn();
    const [, token = ''] = /unsubscribe\/(.+)$/.exec(link) ?? [];
    const [name = '', , mac = ''] = token.split('.');
    const bob = Buffer.from('bob').toString('base64url');
    await app.call('PUT', '/v1/users/bob', { email: 'bob@example.com' });
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
    const { rowCount } = await api.database.ledger.pool.query('select from mail_preferences');
    expect(rowCount).toBe(0);
  });
});

describe('a mail server that', () => {
  test.each([
    ['answers 421', () => server.answer('MAIL', 421)],
    ['answers 451 to the mail', () => server.answer('DATA', 451)],
    ['answers 450 to the address', () => server.answer('RCPT', 450)],
    ['refuses our sender', () => server.answer('MAIL', 553)],
    ['hangs', () => server.behave('hanging')],
    ['breaks off before it answers', () => server.behave('breaking')],
  ])('%s is tried again, with the same Message-ID', async (_fault, fail) => {
    fail();
    await tell(85);
    await send();
    const [row] = await rows();
    expect(row).toMatchObject({ status: 'pending', attempts: 1 });
    expect(row.due_in).toBeGreaterThan(1);
    expect(row.due_in).toBeLessThan(10);
    for (const step of ['MAIL', 'RCPT', 'DATA'] as const) server.answer(step, null);
    server.behave('well');
    await dueNow();
    await send();
    expect(await rows()).toMatchObject([{ status: 'delivered', attempts: 2 }]);
    expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(1);
  });

  test('refuses the address for good gets no more for it until the user has another', async () => {
    server.answer('RCPT', 550, '5.1.1 no such user ada@example.com');
    await tell(85);
    await send();
    expect(await rows()).toMatchObject([
      { status: 'failed', last_error: 'the mail server answered 550 to RCPT TO' },
    ]);
    server.answer('RCPT', null);
    await app.call('PUT', '/v1/users/ada', { email: 'ADA@example.com' });
    await tell(95);
    expect(await rows()).toHaveLength(1);
    await app.call('PUT', '/v1/users/ada', { email: 'ada@other.example' });
    await tell(100);
    await send();
    expect(server.mails.map(({ to }) => to)).toMatchObject([{ text: 'ada@other.example' }]);
  });

  test('is not there is tried again', async () => {
    await server.stop();
    await tell(85);
    await send();
    expect(await rows()).toMatchObject([{ status: 'pending' }]);
  });
});

test('each attempt is told of once, a bounce as one, and the night’s wait is none', async () => {
  const told: string[] = [];
  const onAttempt = (outcome: string) => void told.push(outcome);
  await tell(70);
  await send({ onAttempt, now: Date.parse('2026-11-24T23:30:00Z') });
  expect(told).toEqual([]);
  await dueNow();
  await send({ onAttempt });
  server.answer('RCPT', 550, '5.1.1 no such user');
  await tell(85);
  await send({ onAttempt });
  expect(told).toEqual(['delivered', 'refused']);
});

test('a mail that is due at 23:00 on the user’s clock goes out at 08:00', async () => {
  await app.call('PUT', '/v1/users/fay', { email: 'fay@example.com', time_zone: 'Europe/Berlin' });
  await tell(85, 'fay');
  await send({ now: Date.parse('2026-11-24T22:00:00Z') });
  const [row] = await rows();
  expect(server.mails).toEqual([]);
  expect(row.status).toBe('pending');
  expect(Math.round(row.due_in / 360)).toBe(90);
});

test.each([
  ['email_bounced', 'ada@other.example', 1],
  ['email_complained', 'ada@other.example', 0],
  ['email_bounced', 'ada@example.com', 0],
])('after %s a mail to %s: %d', async (event, email, count) => {
  expect((await app.call('POST', '/v1/users/ada/events', { event })).status).toBe(201);
  await app.call('PUT', '/v1/users/ada', { email });
  await tell(85);
  await send();
  expect(server.mails).toHaveLength(count);
});

test('an app reads why a user gets no mail: no address, one that bounced until there is another, a complaint', async () => {
  const standing = async (user = 'ada') => (await app.call('GET', `/v1/users/${user}/mail`)).body;
  const well = { has_address: true, unsubscribed_at: null, undeliverable: null };
  expect(await standing()).toEqual(well);
  server.answer('RCPT', 550, '5.1.1 no such user');
  await tell(70);
  await send();
  expect(await standing()).toEqual({
    ...well,
    undeliverable: { since: expect.stringMatching(/Z$/), reason: expect.stringContaining('550') },
  });
  await app.call('PUT', '/v1/users/ada', { email: 'ada@other.example' });
  expect(await standing()).toEqual(well);
  await app.call('POST', '/v1/users/ada/events', { event: 'email_complained' });
  expect(await standing()).toEqual({ ...well, unsubscribed_at: expect.stringMatching(/Z$/) });
  await app.call('PUT', '/v1/users/bob', {});
  expect(await standing('bob')).toEqual({ ...well, has_address: false });
  expect((await app.call('GET', '/v1/users/nobody/mail')).status).toBe(404);
});

test('no row is made for who has no address, or whose app sends no e-mail', async () => {
  await app.call('PUT', '/v1/users/bob', {});
  await tell(85, 'bob');
  const silent = await api.app();
  await silent.call('PUT', '/v1/users/ada', { email: 'ada@example.com' });
  await tell(85, 'ada', silent);
  const { rowCount } = await api.database.ledger.pool.query("select from deliveries where channel = 'email'");
  expect(rowCount).toBe(0);
});

test('without a mail server the mail is a file, the same one for a repeat, or its delivery says what to set', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stipend-mail-'));
  try {
    await tell(85);
    await send({ mailer: folderMailer(folder) });
    const [name = ''] = readdirSync(folder);
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^eml_[0-9a-f]{32}\.eml$/)]);
    expect((await simpleParser(readFileSync(join(folder, name)))).to).toMatchObject({
      text: 'ada@example.com',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
  await tell(95);
  await send({ mailer: absentMailer });
  expect((await rows()).map(({ last_error: error }) => error)).toContain(
    'no mail server is set; set SMTP_URL and MAIL_FROM of the worker',
  );
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
  const answer = await app.call('PUT', '/v1/users/ada', { email });
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toContain('email');
});

test('names with markup and unknown languages are mailed escaped, in English', async () => {
  const hostile = `<script>alert('x')</script>`;
  await app.call('PUT', `/v1/users/${encodeURIComponent(hostile)}`, {
    email: 'eve@example.com',
    locale: 'xx',
  });
  await api.database.ledger.pool.query('update apps set name = $2 where app_id = $1', [app.id, hostile]);
  await tell(85, hostile);
  await send();
  expect(server.mails[0]?.subject).toBe('0 of 10 free AI sessions used');
  expect(server.mails[0]?.html).not.toContain('<script');
  const link = /http:\/\/\S+\/v1\/unsubscribe\/[\w.-]+/.exec(server.mails[0]?.text ?? '')?.[0] ?? '';
  const page = await request(link, 'GET', null);
  expect(page.status).toBe(200);
  expect(page.body).not.toContain('<script');
});

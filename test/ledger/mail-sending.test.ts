import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { absentMailer, folderMailer } from '../../delivery/email/mailer.ts';
import { type MailingApp, startMailingApp } from '../setup/mailing-app.ts';
import { request } from '../setup/product.ts';

let mailing: MailingApp;
beforeEach(async () => {
  mailing = await startMailingApp();
});
afterEach(() => mailing.stop());

test('a nudge is mailed once, in the user’s language, with one-click unsubscribe and a stable id', async () => {
  await mailing.tell(85);
  await mailing.tell(85);
  expect(await mailing.send()).toBe(1);
  expect(await mailing.send()).toBe(0);
  expect(mailing.server.mails).toHaveLength(1);
  const [mail] = mailing.server.mails;
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
  expect(await mailing.rows()).toMatchObject([{ status: 'delivered', attempts: 1, last_error: null }]);
  expect((await mailing.rows())[0].payload).not.toMatch(/example\.com|budget|spent|held/);
});

describe('a mail server that', () => {
  test.each([
    ['answers 421', () => mailing.server.answer('MAIL', 421)],
    ['answers 451 to the mail', () => mailing.server.answer('DATA', 451)],
    ['answers 450 to the address', () => mailing.server.answer('RCPT', 450)],
    ['refuses our sender', () => mailing.server.answer('MAIL', 553)],
    ['hangs', () => mailing.server.behave('hanging')],
    ['breaks off before it answers', () => mailing.server.behave('breaking')],
  ])('%s is tried again, with the same Message-ID', async (_fault, fail) => {
    fail();
    await mailing.tell(85);
    await mailing.send();
    const [row] = await mailing.rows();
    expect(row).toMatchObject({ status: 'pending', attempts: 1 });
    expect(row.due_in).toBeGreaterThan(1);
    expect(row.due_in).toBeLessThan(10);
    for (const step of ['MAIL', 'RCPT', 'DATA'] as const) mailing.server.answer(step, null);
    mailing.server.behave('well');
    await mailing.dueNow();
    await mailing.send();
    expect(await mailing.rows()).toMatchObject([{ status: 'delivered', attempts: 2 }]);
    expect(new Set(mailing.server.mails.map(({ messageId }) => messageId)).size).toBe(1);
  });

  test('refuses the address for good gets no more for it until the user has another', async () => {
    mailing.server.answer('RCPT', 550, '5.1.1 no such user ada@example.com');
    await mailing.tell(85);
    await mailing.send();
    expect(await mailing.rows()).toMatchObject([
      { status: 'failed', last_error: 'the mail server answered 550 to RCPT TO' },
    ]);
    mailing.server.answer('RCPT', null);
    await mailing.app.call('PUT', '/v1/users/ada', { email: 'ADA@example.com' });
    await mailing.tell(95);
    expect(await mailing.rows()).toHaveLength(1);
    await mailing.app.call('PUT', '/v1/users/ada', { email: 'ada@other.example' });
    await mailing.tell(100);
    await mailing.send();
    expect(mailing.server.mails.map(({ to }) => to)).toMatchObject([{ text: 'ada@other.example' }]);
  });

  test('is not there is tried again', async () => {
    await mailing.server.stop();
    await mailing.tell(85);
    await mailing.send();
    expect(await mailing.rows()).toMatchObject([{ status: 'pending' }]);
  });
});

test('each attempt is told of once, a bounce as one, and the night’s wait is none', async () => {
  const told: string[] = [];
  const onAttempt = (outcome: string) => void told.push(outcome);
  await mailing.tell(70);
  await mailing.send({ onAttempt, now: Date.parse('2026-11-24T23:30:00Z') });
  expect(told).toEqual([]);
  await mailing.dueNow();
  await mailing.send({ onAttempt });
  mailing.server.answer('RCPT', 550, '5.1.1 no such user');
  await mailing.tell(85);
  await mailing.send({ onAttempt });
  expect(told).toEqual(['delivered', 'refused']);
});

test('a mail that is due at 23:00 on the user’s clock goes out at 08:00', async () => {
  await mailing.app.call('PUT', '/v1/users/fay', { email: 'fay@example.com', time_zone: 'Europe/Berlin' });
  await mailing.tell(85, 'fay');
  await mailing.send({ now: Date.parse('2026-11-24T22:00:00Z') });
  const [row] = await mailing.rows();
  expect(mailing.server.mails).toEqual([]);
  expect(row.status).toBe('pending');
  expect(Math.round(row.due_in / 360)).toBe(90);
});

test('without a mail server the mail is a file, the same one for a repeat, or its delivery says what to set', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stipend-mail-'));
  try {
    await mailing.tell(85);
    await mailing.send({ mailer: folderMailer(folder) });
    const [name = ''] = readdirSync(folder);
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^eml_[0-9a-f]{32}\.eml$/)]);
    expect((await simpleParser(readFileSync(join(folder, name)))).to).toMatchObject({
      text: 'ada@example.com',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
  await mailing.tell(95);
  await mailing.send({ mailer: absentMailer });
  expect((await mailing.rows()).map(({ last_error: error }) => error)).toContain(
    'no mail server is set; set SMTP_URL and MAIL_FROM of the worker',
  );
});

test('names with markup and unknown languages are mailed escaped, in English', async () => {
  const hostile = `<script>alert('x')</script>`;
  await mailing.app.call('PUT', `/v1/users/${encodeURIComponent(hostile)}`, {
    email: 'eve@example.com',
    locale: 'xx',
  });
  await mailing.api.database.ledger.pool.query('update apps set name = $2 where app_id = $1', [
    mailing.app.id,
    hostile,
  ]);
  await mailing.tell(85, hostile);
  await mailing.send();
  expect(mailing.server.mails[0]?.subject).toBe('0 of 10 free AI sessions used');
  expect(mailing.server.mails[0]?.html).not.toContain('<script');
  const page = await request(mailing.unsubscribeLink(), 'GET', null);
  expect(page.status).toBe(200);
  expect(page.body).not.toContain('<script');
});

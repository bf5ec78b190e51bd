import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ParsedMail, simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deliveryActivities } from '../../activities/delivery-activities.ts';
import { folderMailer } from '../../delivery/email/mailer.ts';
import { messageOf } from '../../delivery/email/message.ts';
import { appId, userId } from '../../domain/ids.ts';
import type { Mail } from '../../domain/mail/mail.ts';
import type { Notice } from '../../domain/notice/notice.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { readTotals } from '../../ledger/totals.ts';
import { sendDueMails } from '../../worker/mail-dispatcher.ts';
import { decoded, hostileWords, skeletonOf } from '../domain/mail/hostile-words.ts';
import { quiet, type TestApi, request, startApi } from '../setup/product.ts';

type Sent = { readonly source: string; readonly mail: ParsedMail };

let api: TestApi;
let admin: string;
let folder: string;
beforeAll(async () => {
  api = await startApi();
  folder = mkdtempSync(join(tmpdir(), 'stipend-mail-'));
  const { pool } = api.database.ledger;
  admin = (await issueApiKey(pool, { appId: null, mode: 'live', scopes: ['admin'] })).secret;
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await api.stop();
});

/** An app, a paid plan and a user of this name, as the product's own API makes them; its mail in this language. */
async function mailTo(name: string, locale: string): Promise<Sent> {
  const upgrade = { plan: name, price_text: name, url: 'https://example.com/upgrade', benefits: [name] };
  const policy = {
    ...referencePolicy,
    plans: { free: { ...referencePolicy.plans['free'], upgrade } },
    channels: { email: { enabled: true, from: 'Example <hello@example.com>' } },
  };
  const body = { name, mode: 'sandbox', policy };
  const made = await request(`${api.url}/v1/apps`, 'POST', admin, body);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const path = `${api.url}/v1/users/${encodeURIComponent(name)}`;
  expect((await request(path, 'PUT', made.body.keys.app, { email: 'ada@example.com', locale })).status).toBe(
    200,
  );
  const account = { appId: appId(made.body.app.id), userId: userId(name) };
  const [totals] = await readTotals(api.database.ledger, [account]);
  const period = totals!.periods[0]!;
  const notice: Notice = { kind: 'nudge', period: period.number, threshold: 85, dimension: 'sessions' };
  await deliveryActivities(api.database.ledger).deliverByWebhook({ ...account, period, notice });
  return sendOne();
}

async function sendOne(): Promise<Sent> {
  const before = new Set(readdirSync(folder));
  await sendDueMails({
    ledger: api.database.ledger,
    log: quiet,
    mailer: folderMailer(folder),
    from: 'Stipend <stipend@example.com>',
    publicUrl: api.url,
  });
  const [file, ...others] = readdirSync(folder).filter((name) => !before.has(name));
  expect(others).toEqual([]);
  const source = readFileSync(join(folder, file ?? 'no mail was written'), 'utf8');
  return { source, mail: await simpleParser(source) };
}

const headersOf = ({ headerLines }: ParsedMail): readonly string[] => headerLines.map(({ key }) => key);

/** Both pages behind the link to unsubscribe: the question, and what the button leads to. */
async function pagesOf({ mail: { text = '' } }: Sent): Promise<readonly string[]> {
  const link = /http:\S+\/v1\/unsubscribe\/[\w.-]+/.exec(text)?.[0] ?? 'no link';
  const pages = [await request(link, 'GET', null), await request(link, 'POST', null)];
  expect(pages.map(({ status }) => status)).toEqual([200, 200]);
  return pages.map(({ body }) => String(body));
}

describe.each(['en', 'de', 'es'])('in %s', (locale) => {
  const plainName = 'Plain';
  let plain: Sent;
  let plainPages: readonly string[];
  beforeAll(async () => {
    plain = await mailTo(plainName, locale);
    plainPages = await pagesOf(plain);
  });

  test.each(hostileWords)(
    '%s as the name of app, user, plan, price and benefit adds no header, no recipient and no tag: %s',
    async (_trick, words) => {
      const { source, mail } = await mailTo(words, locale);
      const [headers = ''] = source.split('\r\n\r\n');
      expect(headers.match(/^Subject:/gim)).toHaveLength(1);
      expect(headersOf(mail)).toEqual(headersOf(plain.mail));
      expect(mail.subject).toBe(plain.mail.subject);
      expect(mail.to).toEqual(plain.mail.to);
      expect([mail.cc, mail.bcc]).toEqual([undefined, undefined]);
      expect(skeletonOf(String(mail.html))).toEqual(skeletonOf(String(plain.mail.html)));
      for (const part of [decoded(String(mail.html)), mail.text ?? '']) expect(part).toContain(words);

      for (const [n, page] of (await pagesOf({ source, mail })).entries()) {
        const tame = plainPages[n] ?? '';
        expect(skeletonOf(page)).toEqual(skeletonOf(tame));
        expect(decoded(page)).toBe(decoded(tame).replaceAll(plainName, () => words));
      }
    },
  );
});

test.each([
  ['a second header', 'ada@example.com\r\nBcc: eve@example.com'],
  ['a list', 'ada@example.com, eve@example.com'],
  ['a name', 'Eve <eve@example.com>'],
  ['an SMTP command', 'ada@example.com>\r\nRCPT TO:<eve@example.com'],
])('even an address with %s, were it let in, would be one recipient and no header', async (_trick, to) => {
  const mail: Mail = {
    language: 'en-GB',
    subject: 'a subject',
    message: 'a message',
    bar: { percent: 1, label: 'a label' },
    offer: null,
    why: 'a reason',
    unsubscribe: { label: 'a link', url: 'https://example.com/' },
  };
  const transport = createTransport({ streamTransport: true, buffer: true });
  const message = messageOf({ id: 'm', to, from: 'a@example.com', replyTo: null, mail });
  const { envelope, message: source } = await transport.sendMail(message);
  expect(envelope.to).toHaveLength(1);
  expect(envelope.to[0]).not.toMatch(/[\r\n]/);
  const { headerLines } = await simpleParser(source);
  expect(headerLines.map(({ key }) => key).filter((key) => /^(to|cc|bcc|rcpt.*)$/.test(key))).toEqual(['to']);
});

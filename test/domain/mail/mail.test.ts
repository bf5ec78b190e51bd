import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mailAsHtml } from '../../../domain/mail/html.ts';
import { type MailReader, mailFacts, mailInWords } from '../../../domain/mail/mail.ts';
import { mailAsText } from '../../../domain/mail/text.ts';
import { localeOf } from '../../../domain/messages/sentences.ts';
import { microUsd } from '../../../domain/money.ts';
import type { Notice } from '../../../domain/notice/notice.ts';
import { upgradeIn } from '../../../domain/policy/upgrade.ts';
import type { PeriodTotals } from '../../../domain/totals.ts';
import { at } from '../an-account.ts';
import { languages, upgrade } from '../messages/situations.ts';

const period: PeriodTotals = {
  number: 2,
  startsAt: at('2026-10-31T23:00:00Z'),
  endsAt: at('2026-11-30T23:00:00Z'),
  timeZone: 'Europe/Berlin',
  plan: 'free',
  sessionsUsed: 9,
  sessionsLimit: 10,
  spent: microUsd(1_234_567),
  held: microUsd(234_561),
  visibleBudget: microUsd(3_345_678),
  hardBudget: microUsd(4_456_789),
  overshoot: microUsd(567_891),
  percent: 90,
  crossings: [],
};

const reader: MailReader = {
  localeTag: 'en',
  appName: 'Example',
  upgrade,
  unsubscribeUrl: 'https://stipend.example.com/v1/unsubscribe/t',
};

const nudge: Notice = { kind: 'nudge', period: 2, threshold: 85, dimension: 'sessions' };
const lastNudge: Notice = { ...nudge, threshold: 100 };
const notices: readonly Notice[] = [
  ...[70, 85, 95, 100].flatMap((threshold) =>
    (['sessions', 'usage'] as const).map((dimension): Notice => ({
      kind: 'nudge',
      period: 2,
      threshold,
      dimension,
    })),
  ),
  { kind: 'reset', period: 2, before: { sessionsUsed: 999_999, sessionsLimit: 1_000_000 } },
  { kind: 'reset_soon', period: 2, at: at('2026-11-29T23:00:00Z') },
];

const written = (notice: Notice, of: PeriodTotals = period, to: MailReader = reader) => {
  const mail = mailInWords(mailFacts(notice, of), to);
  return { mail, html: mailAsHtml(mail), text: mailAsText(mail) };
};

describe.each(languages)('every mail in %s', (localeTag) => {
  test.each(notices)('$kind $threshold $dimension is whole, and its subject fits 78 characters', (notice) => {
    const most = { ...period, sessionsUsed: 999_999, sessionsLimit: 1_000_000 };
    const { mail, html, text } = written(notice, most, { ...reader, localeTag });
    expect(mail.subject.length).toBeLessThanOrEqual(78);
    for (const part of [html, text]) {
      expect(part).not.toMatch(/\{(?!display)|undefined|NaN|\bnull\b|Invalid/);
      expect(part).toContain(reader.unsubscribeUrl);
      expect(part.includes(upgrade.url)).toBe(notice.kind !== 'reset');
    }
    expect(html).toContain(`<html lang="${localeTag === 'en' ? 'en-GB' : localeTag}">`);
  });
});

test('a locale without words is told in English', () => {
  for (const localeTag of ['pt-BR', 'xx', 'constructor', ''])
    expect(written(nudge, period, { ...reader, localeTag })).toEqual(written(nudge));
});

test('no mail, and nothing that waits to become one, holds an amount of money but the paid plan’s price', () => {
  const money = fc.integer({ min: 100_000, max: 2_000_000_000 }).map(microUsd);
  const amounts = fc.record({
    spent: money,
    held: money,
    visibleBudget: money,
    hardBudget: money,
    overshoot: money,
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...notices),
      fc.constantFrom(...languages),
      amounts,
      (notice, localeTag, of) => {
        const { html, text } = written(notice, { ...period, ...of }, { ...reader, localeTag });
        const clean = written(notice, period, { ...reader, localeTag });
        expect({ html, text }).toEqual({ html: clean.html, text: clean.text });
        expect(Object.keys(mailFacts(notice, { ...period, ...of }).period)).toEqual([
          'sessionsUsed',
          'sessionsLimit',
          'startsAt',
          'endsAt',
          'timeZone',
          'percent',
        ]);
        const { priceText } = upgradeIn(localeOf(localeTag).language, upgrade);
        expect(text.replaceAll(priceText, '')).not.toMatch(/[$€£¥]|\b(?:usd|dollar|budget)/i);
      },
    ),
  );
});

test('the bar is as long as what is used, and never longer than the mail', () => {
  expect(written(nudge).html).toContain('<td width="90%"');
  expect(written({ ...nudge, dimension: 'usage' }, { ...period, percent: 131 }).html).toContain(
    '<td width="100%"',
  );
  expect(written(nudge, { ...period, sessionsUsed: 0 }).html).not.toContain('width="0%"');
});

test.each([
  ['nudge', nudge],
  ['last-nudge', lastNudge],
  ['usage-nudge', { ...nudge, dimension: 'usage' }],
  ['reset', { kind: 'reset', period: 2, before: { sessionsUsed: 10, sessionsLimit: 10 } }],
  ['reset-soon', { kind: 'reset_soon', period: 2, at: at('2026-11-29T23:00:00Z') }],
] satisfies readonly (readonly [string, Notice])[])(
  'a mail is written as it was last looked at: %s',
  async (name, notice) => {
    const { html, text } = written(notice, notice === lastNudge ? { ...period, sessionsUsed: 10 } : period);
    await expect(html).toMatchFileSnapshot(`written/${name}.html`);
    await expect(text).toMatchFileSnapshot(`written/${name}.txt`);
  },
);

test('what is offered is told in the language of the reader, in the words of the policy', () => {
  const { html, text } = written(nudge, period, { ...reader, localeTag: 'de-AT' });
  for (const part of [html, text]) {
    expect(part).toContain('12,50 $ im Monat');
    expect(part).toContain('Unbegrenzt viele Sitzungen');
    expect(part).not.toContain('Unlimited');
  }
});

test('who offers no benefits is not said to', async () => {
  const { html, text } = written(nudge, period, { ...reader, upgrade: { ...upgrade, benefits: [] } });
  await expect(html).toMatchFileSnapshot('written/no-benefits.html');
  await expect(text).toMatchFileSnapshot('written/no-benefits.txt');
});

test('markup in names and words is shown, not carried out', () => {
  const markup = `"><img src=x onerror=alert(1)></iframe><script>'&`;
  const hostile: MailReader = {
    localeTag: 'en',
    appName: markup,
    upgrade: {
      plan: markup,
      priceText: markup,
      url: `https://example.com/${markup}`,
      benefits: [markup],
      translations: {},
    },
    unsubscribeUrl: reader.unsubscribeUrl,
  };
  const { html } = written(nudge, period, hostile);
  expect(html).not.toMatch(/<img|<script|<\/iframe/);
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
});

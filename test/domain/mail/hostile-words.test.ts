import { describe, expect, test } from 'vitest';
import { previewPage } from '../../../cli/preview/page.ts';
import { scenesOf } from '../../../cli/preview/scenes.ts';
import { webhookMessage } from '../../../delivery/webhook-message.ts';
import { appId, userId } from '../../../domain/ids.ts';
import { mailAsHtml } from '../../../domain/mail/html.ts';
import { mailFacts, mailInWords } from '../../../domain/mail/mail.ts';
import { mailAsText } from '../../../domain/mail/text.ts';
import { sentence, localeOf } from '../../../domain/messages/sentences.ts';
import { noticeText } from '../../../domain/notice/notice-text.ts';
import { policyDocument } from '../../../domain/policy/document.ts';
import { referencePolicy } from '../../../domain/policy/reference.ts';
import type { UpgradeTerms } from '../../../domain/policy/upgrade.ts';
import { referencePlan as plan } from '../reference-plan.ts';
import { languages, messageIn, situations } from '../messages/situations.ts';
import { decoded, harmless, hostileUrls, hostileWords, skeletonOf } from './hostile-words.ts';

const scenes = scenesOf(plan);
const locales = [...languages, 'de-AT', 'pt-BR'];

const named = (words: string, url = 'https://example.com/upgrade'): UpgradeTerms => ({
  plan: words,
  priceText: words,
  url,
  benefits: [words, words],
  translations: {},
});

function mailsOf(localeTag: string, words: string, url?: string) {
  return scenes.map(({ notice, period }) => {
    const reader = {
      localeTag,
      appName: words,
      upgrade: named(words, url),
      unsubscribeUrl: 'https://u.example',
    };
    const mail = mailInWords(mailFacts(notice, period), reader);
    return { mail, html: mailAsHtml(mail), text: mailAsText(mail) };
  });
}

describe.each(hostileWords)('%s as a name: %s', (_trick, words) => {
  const tame = harmless(words);
  const asTame = (text: string): string => text.replaceAll(tame, () => words);

  test.each(locales)('is told in every message in %s as any other name is', (tag) => {
    for (const [situation, { view, ...rest }] of Object.entries(situations)) {
      const told = (name: string) => messageIn(tag, { ...rest, view: { ...view, upgrade: named(name) } });
      expect(told(words), situation).toBe(asTame(told(tame)));
    }
    for (const key of ['on_paid_plan', 'unsubscribe_question', 'unsubscribe_done'] as const) {
      const told = (name: string) =>
        sentence(localeOf(tag), key, { plan: name, app: name, used: 1, limit: 2 });
      expect(told(words), key).toBe(asTame(told(tame)));
      expect(told(words), key).toContain(words);
    }
  });

  test.each(locales)('is shown in every mail in %s, adds no tag and no attribute, and no line', (tag) => {
    const hostile = mailsOf(tag, words);
    for (const [n, plain] of mailsOf(tag, tame).entries()) {
      const { mail, html, text } = hostile[n]!;
      expect(skeletonOf(html)).toEqual(skeletonOf(plain.html));
      expect(decoded(html)).toBe(asTame(decoded(plain.html)));
      expect(text).toBe(asTame(plain.text));
      expect(text).toContain(words);
      expect(text.split('\n')).toHaveLength(plain.text.split('\n').length);
      expect(mail.subject).toBe(plain.mail.subject);
    }
  });

  test('is shown in the preview, and in the mails framed in it, adds no tag and no attribute', () => {
    const page = (name: string) =>
      previewPage({
        app: { id: name, name },
        user: name,
        plan: { ...plan, plan: name, upgrade: named(name) },
      });
    const frames = (html: string) =>
      [...html.matchAll(/srcdoc="([^"]*)"/g)].map(([, mail]) => decoded(mail!));
    expect(skeletonOf(page(words))).toEqual(skeletonOf(page(tame)));
    expect(frames(page(words))).toHaveLength(scenes.length * languages.length);
    expect(frames(page(words)).map(skeletonOf)).toEqual(frames(page(tame)).map(skeletonOf));
  });

  test('is a user’s id in a webhook as it is, and no header can be made of it', () => {
    for (const { notice, period } of scenes) {
      const text = noticeText(notice, period, 'en');
      const { id, payload } = webhookMessage(
        { appId: appId('a'), userId: userId(words) },
        notice,
        period,
        text,
      );
      expect(JSON.parse(JSON.stringify(payload))).toMatchObject({ data: { user: words, text } });
      expect(id).toMatch(/^msg_[\w-]+$/);
    }
  });
});

test.each(hostileUrls)('an address with %s stays the one address of the button', (_trick, url) => {
  const upgrade = { plan: 'Pro', price_text: '$1', url };
  const taken = policyDocument.safeParse({ ...referencePolicy, plans: { free: { upgrade } } });
  expect(taken.data?.plans['free']?.upgrade.url).toBe(url);
  const tame = 'https://example.com/upgrade';
  for (const tag of locales) {
    const hostile = mailsOf(tag, 'Pro', url);
    for (const [n, plain] of mailsOf(tag, 'Pro', tame).entries()) {
      const { html, text } = hostile[n]!;
      expect(skeletonOf(html)).toEqual(skeletonOf(plain.html));
      expect(decoded(html)).toBe(decoded(plain.html).replaceAll(tame, () => url));
      expect(text).toBe(plain.text.replaceAll(tame, () => url));
    }
  }
});

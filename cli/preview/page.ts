import { webhookMessage } from '../../delivery/webhook-message.ts';
import { appId, userId } from '../../domain/ids.ts';
import { mailAsHtml } from '../../domain/mail/html.ts';
import { type MailReader, mailFacts, mailInWords } from '../../domain/mail/mail.ts';
import { mailAsText } from '../../domain/mail/text.ts';
import { escaped } from '../../domain/markup.ts';
import { localeOf, sentence, sentences } from '../../domain/messages/sentences.ts';
import { noticeText } from '../../domain/notice/notice-text.ts';
import type { PlanTerms } from '../../domain/policy/terms.ts';
import { type Scene, scenesOf } from './scenes.ts';

export type Preview = {
  readonly app: { readonly id: string; readonly name: string };
  readonly user: string;
  readonly plan: PlanTerms;
};

const unsubscribeUrl = 'https://stipend.example.com/v1/unsubscribe/sample';

const block = (title: string, content: string): string =>
  `<section><h4>${escaped(title)}</h4>${content}</section>`;

const pre = (text: string): string => `<pre>${escaped(text)}</pre>`;

/** One notice in one language, on every way that it takes. */
function told({ notice, period }: Scene, localeTag: string, { app, user, plan }: Preview): string {
  const text = noticeText(notice, period, localeTag);
  const account = { appId: appId(app.id), userId: userId(user) };
  const { id, payload } = webhookMessage(account, notice, period, text);
  const reader: MailReader = { localeTag, appName: app.name, upgrade: plan.upgrade, unsubscribeUrl };
  const mail = mailInWords(mailFacts(notice, period), reader);
  return `<article lang="${localeTag}"><h3>${localeTag}</h3>
${block('Inbox', `<p>${escaped(text)}</p>`)}
${block(`Webhook ${id}`, pre(JSON.stringify(payload, null, 2)))}
${block(`E-mail: ${mail.subject}`, `<iframe sandbox title="e-mail" loading="lazy" srcdoc="${escaped(mailAsHtml(mail))}"></iframe>`)}
${block('E-mail as text', pre(mailAsText(mail)))}
</article>`;
}

/** Where a person decides, the user reads it with the next answer; nothing is sent. */
const standings = [
  ['review under way', 'limit_review'],
  ['review rejected: suspended', 'limit_suspended'],
  ['restricted until a person has looked', 'restricted'],
] as const;

const standing = (name: string, key: (typeof standings)[number][1], languages: readonly string[]): string =>
  `<h2>${escaped(name)}</h2><div class="row">${languages
    .map(
      (tag) =>
        `<article lang="${tag}"><h3>${tag}</h3>${block('In the answer', `<p>${escaped(sentence(localeOf(tag), key))}</p>`)}</article>`,
    )
    .join('')}</div>`;

const style = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color:#111827;overflow-wrap:anywhere}
.row{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:1.5rem}
article{border:1px solid #d1d5db;border-radius:8px;padding:1rem;min-width:0}
h3,h4{margin:.5rem 0}h4{font-size:.8rem;color:#4b5563}
pre{background:#f3f4f6;padding:.75rem;white-space:pre-wrap;font-size:.8rem}
iframe{width:100%;height:34rem;border:1px solid #d1d5db}`;

/** Every notice in every channel and language as one page that loads nothing and runs nothing. */
export function previewPage(preview: Preview): string {
  const languages = Object.keys(sentences);
  const scenes = scenesOf(preview.plan).map(
    (scene) =>
      `<h2>${escaped(scene.name)}</h2><div class="row">${languages.map((tag) => told(scene, tag, preview)).join('')}</div>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'">
<title>What users of ${escaped(preview.app.name)} are told</title><style>${style}</style></head>
<body><h1>What users of ${escaped(preview.app.name)} are told</h1>
<p>User ${escaped(preview.user)}, plan ${escaped(preview.plan.plan)}, in Berlin.</p>
${scenes.join('\n')}
${standings.map(([name, key]) => standing(name, key, languages)).join('\n')}
</body></html>
`;
}

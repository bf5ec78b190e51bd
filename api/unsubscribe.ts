import { Router, type Request, type Response } from 'express';
import { escaped } from '../domain/markup.ts';
import { localeOf, sentence } from '../domain/messages/sentences.ts';
import { findMailRecipient, type MailRecipient } from '../ledger/mail-recipient.ts';
import { unsubscribe } from '../ledger/mail-preferences.ts';
import type { Queryable } from '../ledger/pool.ts';
import type { AccountKey } from '../ledger/totals.ts';
import { readUnsubscribeToken } from '../ledger/unsubscribe-token.ts';
import { Problem } from './problems/problem.ts';

type Found = { readonly account: AccountKey; readonly reader: MailRecipient };

/** @throws Problem where the link was not made by this Stipend, or its account is gone: the same answer for both. */
async function find(db: Queryable, token: string): Promise<Found> {
  const claimed = readUnsubscribeToken(token);
  const reader = claimed === null ? null : await findMailRecipient(db, claimed);
  if (claimed === null || reader === null || !claimed.isSignedWith(reader.mailKey)) {
    throw new Problem('not-found', 'This link to unsubscribe is not valid, or its account is gone.');
  }
  return { account: { appId: claimed.appId, userId: claimed.userId }, reader };
}

const page = (language: string, title: string, content: string): string => `<!doctype html>
<html lang="${escaped(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>${escaped(title)}</title>
<style>body{font:18px/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto 0;padding:0 1.5rem;color:#111827;overflow-wrap:anywhere}
button{font:inherit;padding:.6rem 1.4rem;border:0;border-radius:6px;background:#1d4ed8;color:#fff;cursor:pointer}</style>
</head><body>${content}</body></html>
`;

function showPage(response: Response, { reader }: Found, isDone: boolean): void {
  const locale = localeOf(reader.locale);
  const title = sentence(locale, 'unsubscribe_title');
  const words = sentence(locale, isDone ? 'unsubscribe_done' : 'unsubscribe_question', {
    app: reader.appName,
  });
  const button = escaped(sentence(locale, 'unsubscribe_button'));
  const form = isDone ? '' : `<form method="post"><button>${button}</button></form>`;
  const heading = isDone ? '' : `<h1>${escaped(title)}</h1>`;
  response
    .set({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    .type('html')
    .send(page(locale.formats, title, `${heading}<p>${escaped(words)}</p>${form}`));
}

const tokenOf = (request: Request): string => String(request.params['token']);

/**
 * The links in mails, without a key: the token is the proof. Looking changes nothing, since mail scanners follow links; the
 * button and the mail program's one click (RFC 8058) post, and what they post need not be read.
 */
export function createUnsubscribe(db: Queryable): Router {
  const router = Router();
  router.get('/v1/unsubscribe/:token', async (request, response) => {
    const found = await find(db, tokenOf(request));
    showPage(response, found, found.reader.unsubscribed);
  });
  router.post('/v1/unsubscribe/:token', async (request, response) => {
    const found = await find(db, tokenOf(request));
    await unsubscribe(db, found.account, 'the user, by a link in a mail');
    showPage(response, found, true);
  });
  router.all('/v1/unsubscribe/:token', () => {
    throw new Problem('method-not-allowed', 'Use GET or POST here.', { headers: { allow: 'GET, POST' } });
  });
  return router;
}

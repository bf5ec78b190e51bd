import { escaped } from '../markup.ts';
import type { Mail } from './mail.ts';

/** Mail programs know tables and inline styles best; every colour stands on its own ground, in dark mode too. */

const font = "font-family:-apple-system,'Segoe UI',Helvetica,Arial,sans-serif";
const filled = { calm: '#2563eb', spent: '#b45309' } as const;

function barCells(percent: number): string {
  const cell = (width: number, colour: string): string =>
    width === 0
      ? ''
      : `<td width="${width}%" height="10" bgcolor="${colour}" style="font-size:0;line-height:10px">&nbsp;</td>`;
  return cell(percent, percent >= 100 ? filled.spent : filled.calm) + cell(100 - percent, '#e5e7eb');
}

const bar = ({ percent, label }: Mail['bar']): string => `
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="border-radius:5px;overflow:hidden"><tr>${barCells(percent)}</tr></table>
<p style="margin:8px 0 24px;font-size:14px;color:#4b5563">${escaped(label)}</p>`;

function offered(offer: NonNullable<Mail['offer']>): string {
  const items = offer.benefits.map((benefit) => `<li style="margin:0 0 4px">${escaped(benefit)}</li>`);
  const list =
    items.length === 0 ? '' : `<ul style="margin:0 0 24px;padding:0 0 0 20px">${items.join('')}</ul>`;
  return `
<p style="margin:0 0 8px">${escaped(offer.words)}</p>${list}
<p style="margin:0"><a href="${escaped(offer.button.url)}" style="display:inline-block;padding:12px 24px;border-radius:6px;background:#1d4ed8;color:#ffffff;font-weight:600;text-decoration:none">${escaped(offer.button.label)}</a></p>`;
}

/** The mail as one HTML document, 320 pixels wide and up. Everything in it is escaped. */
export function mailAsHtml(mail: Mail): string {
  const { language, subject, message, offer, why, unsubscribe } = mail;
  return `<!doctype html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light">
<title>${escaped(subject)}</title>
</head>
<body style="margin:0;padding:0;background:#f3f4f6;${font}">
<div style="display:none;max-height:0;overflow:hidden">${escaped(message)}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" bgcolor="#f3f4f6"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px"><tr><td bgcolor="#ffffff" style="padding:32px 24px;border-radius:8px;font-size:16px;line-height:1.5;color:#111827;overflow-wrap:anywhere">
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">${escaped(subject)}</h1>${bar(mail.bar)}
<p style="margin:0 0 24px">${escaped(message)}</p>${offer === null ? '' : offered(offer)}
</td></tr><tr><td style="padding:20px 24px;font-size:13px;line-height:1.5;color:#4b5563;overflow-wrap:anywhere">
${escaped(why)}<br><a href="${escaped(unsubscribe.url)}" style="color:#374151">${escaped(unsubscribe.label)}</a>
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}

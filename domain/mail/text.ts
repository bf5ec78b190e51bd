import type { Mail } from './mail.ts';

/** The mail for readers without HTML. */
export function mailAsText({ message, bar, offer, why, unsubscribe }: Mail): string {
  const offered =
    offer === null
      ? []
      : [
          [offer.words, ...offer.benefits.map((benefit) => `- ${benefit}`)].join('\n'),
          `${offer.button.label}: ${offer.button.url}`,
        ];
  const footer = `-- \n${why}\n${unsubscribe.label}: ${unsubscribe.url}`;
  return `${[message, bar.label, ...offered, footer].join('\n\n')}\n`;
}

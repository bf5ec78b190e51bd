import { expect, test } from 'vitest';
import { appId, reviewId, userId } from '../../domain/ids.ts';
import { microUsd } from '../../domain/money.ts';
import { detailsOf } from '../../workflows/details.ts';
import { stateOf } from '../../workflows/state.ts';
import { at } from './an-account.ts';
import { harmless, hostileWords } from './mail/hostile-words.ts';

const now = at('2026-11-24T10:00:00Z');

/** The card in the Temporal UI of an account in which everything that somebody typed or named is `words`. */
function cardOf(words: string): string {
  const first = stateOf({ v: 1, appId: appId('app'), userId: userId('ada') });
  const grant = {
    kind: 'grant',
    id: 'g',
    from: now,
    until: null,
    priority: 0,
    by: words,
    reason: words,
    sessions: 1,
    spend: microUsd(0),
  } as const;
  const review = {
    id: reviewId('r'),
    openedAt: now,
    dueAt: at('2026-11-25T10:00:00Z'),
    escalateAfter: 0,
    afterwards: 'keep_and_recheck',
    score: 50,
    signals: [{ name: words, points: 25, detail: words }],
  } as const;
  return detailsOf({
    ...first,
    review,
    entitlement: {
      ...first.entitlement,
      standing: 'restricted',
      reviewId: review.id,
      modifiers: [grant],
      billing: { lifecycle: 'upgraded', plan: words, since: now },
    },
    journal: [
      { kind: 'act', at: now, text: words },
      { kind: 'problem', at: now, text: words },
    ],
  });
}

/** What is left for Markdown to take for markup: all that no backslash stands before. */
const markupIn = (card: string): readonly string[] =>
  card.replaceAll(/\\[!-/:-@[-`{-~]/g, '').match(/[\\`*_{}[\]<>()#+!|~&:$@]/g) ?? [];

test.each<readonly [string, string]>([
  ...hostileWords,
  ['a heading on a line of its own', 'a note\n# Standing: good'],
  ['a fence', 'a note\r\n\r\n```\n'],
  ['a rule', 'a note\n---\n***'],
  ['a line separator', 'a note\u2028# more'],
  ['U+202E, which turns what follows', 'a \u202Eeton'],
  ['a formula', String.raw`$\href{javascript:alert(1)}{x}$`],
  ['an address that links itself', 'see https://x.example or eve@x.example'],
])('%s, typed or named, adds no markup and no line to the card in the Temporal UI: %j', (_trick, words) => {
  const [card, tame] = [cardOf(words), cardOf(harmless(words))];
  expect(tame.split(harmless(words))).toHaveLength(8);
  expect(markupIn(card)).toEqual(markupIn(tame));
  expect(card.split(/[\r\n\u2028\u2029]/)).toHaveLength(tame.split('\n').length);
  expect(card).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
});

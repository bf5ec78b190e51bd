import { describe, expect, test } from 'vitest';
import { hour, instant } from '../../../domain/instant.ts';
import type { MailFacts } from '../../../domain/mail/mail.ts';
import { type Recipient, maySend } from '../../../domain/mail/may-send.ts';
import { at } from '../an-account.ts';

const now = at('2026-11-24T12:00:00Z');
const endsAt = at('2026-12-01T00:00:00Z');

const period = { sessionsUsed: 9, sessionsLimit: 10, startsAt: now, endsAt, timeZone: 'UTC', percent: 90 };
const nudge: MailFacts = {
  v: 1,
  notice: { kind: 'nudge', period: 2, threshold: 85, dimension: 'sessions' },
  period,
};
const reset: MailFacts = {
  v: 1,
  notice: { kind: 'reset', period: 2, before: { sessionsUsed: 1, sessionsLimit: 10 } },
  period,
};

const to: Recipient = {
  address: 'ada@example.com',
  timeZone: 'UTC',
  unsubscribed: false,
  undeliverable: false,
  now,
};
const email = { enabled: true, from: null, replyTo: null, quietHours: { from: '22:00', to: '08:00' } };
const send = { kind: 'send', address: 'ada@example.com' };

test('a mail goes to the user’s address', () => expect(maySend(nudge, to, email, now)).toEqual(send));

describe('a mail is never sent', () => {
  test.each([
    ['while the policy has it off', to, { ...email, enabled: false }, 'the policy has e-mail switched off'],
    ['without an address', { ...to, address: null }, email, 'the user has no address'],
    ['to who has unsubscribed', { ...to, unsubscribed: true }, email, 'the user has unsubscribed'],
    ['to an address that bounced', { ...to, undeliverable: true }, email, 'the address takes no mail'],
    ['about a period that is over', { ...to, now: endsAt }, email, 'the period it speaks of is over'],
  ])('%s', (_why, recipient, terms, reason) =>
    expect(maySend(nudge, recipient, terms, now)).toEqual({ kind: 'never', reason }),
  );
});

test('until its period’s last millisecond a nudge is true, and a reset is still told after it', () => {
  expect(maySend(nudge, { ...to, now: instant(endsAt - 1) }, email, now)).toEqual(send);
  expect(maySend(reset, { ...to, now: endsAt }, email, now)).toEqual(send);
});

test('in quiet hours it waits for their end, by real time in the user’s own zone', () => {
  const midnight = at('2026-11-25T00:00:00Z');
  const morning = { kind: 'wait', until: at('2026-11-25T08:00:00Z') };
  expect(maySend(nudge, to, email, midnight)).toEqual(morning);
  expect(maySend(nudge, { ...to, timeZone: 'America/New_York' }, email, midnight)).toEqual(send);
  expect(maySend(nudge, { ...to, now: midnight }, email, instant(midnight - 12 * hour))).toEqual(send);
  expect(maySend(nudge, to, { ...email, quietHours: null }, midnight)).toEqual(send);
});

import { expect, test } from 'vitest';
import { type ViewOccasion, userView } from '../../../domain/usage-view.ts';
import { AnAccount, at } from '../an-account.ts';

const said = (user: AnAccount, occasion: ViewOccasion = { kind: 'standing' }): string =>
  userView(user.state, user.context(), occasion).message;

test('who moved within a period reads when it ends on the clock they have now', () => {
  const user = new AnAccount(at('2026-11-24T10:00:00Z'));
  user.ask();
  expect(said(user)).toContain('resets on 24 December.');
  user.register({ timeZone: 'Europe/Berlin', locale: 'de' });
  expect(said(user)).toContain('beginnt am 24. Dezember um 1:00 neu.');
  user.register({ timeZone: 'America/New_York', locale: 'en-US' });
  expect(said(user)).toContain('resets on December 23 at 7:00 PM.');
});

test('a place that an idle session leaves is told on the clock that the user has now', () => {
  const user = new AnAccount(at('2026-11-24T10:00:00Z'));
  user.ask();
  user.ask();
  user.register({ timeZone: 'Europe/Berlin' });
  const refused = user.ask();
  if (refused.outcome !== 'refused') throw new Error(`it was ${refused.outcome}`);
  const { limitedBy: limit, resetsAt } = refused.refusal;
  expect(resetsAt).toBe(at('2026-11-24T10:30:00Z'));
  expect(said(user, { kind: 'refused', by: { limit, resetsAt } })).toContain('on 24 November at 11:30.');
});

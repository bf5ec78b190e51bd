import { expect, test } from 'vitest';
import { type Extension, decideExtension } from '../../../domain/account/extend.ts';
import { entitlementInForce } from '../../../domain/account/entitlement.ts';
import { hour, instant } from '../../../domain/instant.ts';
import { AnAccount, at } from '../an-account.ts';

const now = at('2026-11-24T10:00:00Z');
const asked: Extension = { sessions: 3, until: instant(now + hour), key: 'key', by: 'maya', note: 'kind' };

test('an extension is a grant of sessions from now on, until the instant that was named', () => {
  const account = new AnAccount(now);
  const { state, answer } = decideExtension(account.state, asked, account.context());
  expect(answer).toEqual({ outcome: 'extended' });
  expect(entitlementInForce(state).modifiers).toEqual([
    {
      id: 'key',
      kind: 'grant',
      sessions: 3,
      spend: 0,
      from: now,
      until: now + hour,
      priority: 100,
      by: 'maya',
      reason: 'kind',
    },
  ]);
});

test('an extension until an instant that is past or now gives nothing and changes nothing', () => {
  const account = new AnAccount(now);
  for (const until of [now, instant(now - 1)]) {
    expect(decideExtension(account.state, { ...asked, until }, account.context())).toEqual({
      state: account.state,
      answer: { outcome: 'unchanged', reason: 'over' },
    });
  }
});

test('an account with as many grants as there may be is not extended', () => {
  const account = new AnAccount(now);
  for (let grant = 0; grant < 50; grant += 1) account.grant({ sessions: 1 });
  expect(decideExtension(account.state, asked, account.context())).toEqual({
    state: account.state,
    answer: { outcome: 'unchanged', reason: 'too_many' },
  });
});

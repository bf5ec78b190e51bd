import { expect, test } from 'vitest';
import type { AccountState, Session } from '../../domain/account/state.ts';
import { newAccount } from '../../domain/account/new-account.ts';
import { appId, sessionId, userId } from '../../domain/ids.ts';
import { instant } from '../../domain/instant.ts';
import { AccountCache, accountName } from '../../ledger/account-cache.ts';

const app = appId('app');
const ada = accountName(app, userId('ada'));
const bob = accountName(app, userId('bob'));

const withSessions = (...ids: readonly string[]): AccountState => ({
  ...newAccount(app, userId('ada'), instant(0)),
  sessions: ids.map((id) => ({ id: sessionId(id) }) as Session),
});

const known = (cache: AccountCache, ...ids: readonly string[]) =>
  ids.filter((id) => cache.ownerOf(app, sessionId(id)) === ada);

test.each([
  ['one more', ['a', 'b'], ['a', 'b', 'c']],
  ['the first ended', ['a', 'b', 'c'], ['b', 'c']],
  ['one ended and one started', ['a', 'b', 'c'], ['a', 'c', 'd']],
  ['read in another order', ['a', 'b', 'c'], ['c', 'a', 'b']],
  ['all ended', ['a', 'b'], []],
  ['others altogether', ['a', 'b'], ['c', 'd']],
])('an account is found by its running sessions and by no other: %s', (_name, before, after) => {
  const cache = new AccountCache(10);
  cache.keep(ada, withSessions(...before));
  cache.keep(ada, withSessions(...after));
  expect(known(cache, 'a', 'b', 'c', 'd')).toEqual([...after].sort());
});

test('beyond the most that are remembered, the account goes that was written longest ago, and its sessions', () => {
  const cache = new AccountCache(2);
  cache.keep(ada, withSessions('a'));
  cache.keep(bob, withSessions('b'));
  cache.keep(ada, withSessions('a', 'c'));
  cache.keep(accountName(app, userId('eve')), withSessions('e'));
  expect(cache.account(bob)).toBeUndefined();
  expect(cache.ownerOf(app, sessionId('b'))).toBeUndefined();
  expect(known(cache, 'a', 'c')).toEqual(['a', 'c']);
  cache.drop(ada);
  expect(known(cache, 'a', 'c')).toEqual([]);
});

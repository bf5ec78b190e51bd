import { expect, test } from 'vitest';
import { newAccount } from '../../../domain/account/new-account.ts';
import { tombstoneOf } from '../../../domain/account/tombstone.ts';
import { AnAccount } from '../an-account.ts';

/** The same id, known by nothing but its tombstone. */
function comeBack(account: AnAccount): AnAccount {
  const { appId, userId } = account.state.account;
  const tombstone = tombstoneOf(account.state, account.now);
  const fresh = newAccount(appId, userId, account.now);
  account.state = tombstone === null ? fresh : { ...fresh, tombstone };
  return account;
}

test('an erased account is survived by figures and instants, and by nothing that it was told of its user', () => {
  const account = new AnAccount();
  account.register({ email: 'ada@example.com', locale: 'de', registration: { ip: '192.0.2.1' } });
  account.session();
  const text = JSON.stringify(tombstoneOf(account.state, account.now));
  for (const told of ['ada', 'example', '192.0.2.1', 'user', '"de"']) expect(text).not.toContain(told);
});

test('coming back in the same period gives no session more than staying would have', () => {
  for (let before = 0; before <= 10; before += 1) {
    const account = new AnAccount();
    for (let session = 0; session < before; session += 1) {
      account.session();
      account.forward(8 * 3_600_000);
    }
    comeBack(account);
    let more = 0;
    while (account.session() !== 'refused' && more < 20) {
      more += 1;
      account.forward(8 * 3_600_000);
    }
    expect([before, before + more]).toEqual([before, 10]);
    expect(account.period()).toMatchObject({ number: 1, sessionsUsed: 10, spent: 100_000 });
  }
});

test('coming back on the same day does not fill up the day', () => {
  const account = new AnAccount();
  for (let session = 0; session < 3; session += 1) account.session();
  expect(account.session()).toBe('refused');
  expect(comeBack(account).session()).toBe('refused');
});

test('what a running session held is free again, and what it had spent is not', () => {
  const account = new AnAccount();
  const admission = account.ask();
  if (admission.outcome !== 'admitted') throw new Error(admission.outcome);
  account.use(admission.session.id, 0.05);
  expect(comeBack(account).period()).toMatchObject({ held: 0, spent: 50_000, sessionsUsed: 1 });
});

test('after the period nothing is carried over', () => {
  const account = new AnAccount();
  account.session();
  account.goTo('2027-01-10T10:00:00Z');
  expect(tombstoneOf(account.state, account.now)).toBeNull();
  expect(comeBack(account).period()).toMatchObject({ sessionsUsed: 0, spent: 0 });
});

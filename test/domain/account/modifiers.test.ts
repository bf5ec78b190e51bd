import { describe, expect, test } from 'vitest';
import { entitlementInForce, firstEntitlement, fold } from '../../../domain/account/entitlement.ts';
import { nextChange } from '../../../domain/account/modifier.ts';
import { hour, instant } from '../../../domain/instant.ts';
import { AnAccount, at } from '../an-account.ts';

const start = at('2026-11-24T10:00:00Z');
const modifiersOf = (account: AnAccount) =>
  (entitlementInForce(account.state).modifiers ?? []).map(({ id }) => id);
const soon = instant(start + hour);

describe('an account holds fifty grants and overrides', () => {
  const withMany = (many: number, until = null as typeof soon | null) => {
    const account = new AnAccount(start);
    for (let grant = 0; grant < many; grant += 1) account.grant({ sessions: 1 }, { until });
    return account;
  };

  test('and no more', () => {
    expect(modifiersOf(withMany(50))).toHaveLength(50);
    expect(() => withMany(51)).toThrow('too many');
  });

  test('of which those that have ended do not count, from the instant they end', () => {
    expect(() =>
      withMany(50, soon)
        .forward(hour - 1)
        .grant({ sessions: 1 }),
    ).toThrow('too many');
    const account = withMany(50, soon).forward(hour);
    const grant = account.grant({ sessions: 1 });
    expect(modifiersOf(account)).toEqual([grant]);
  });

  test('of which those that last do count, however long ago they began', () => {
    expect(() => withMany(50).forward(hour).grant({ sessions: 1 })).toThrow('too many');
  });
});

describe('to withdraw', () => {
  test('takes the named one and leaves the others', () => {
    const account = new AnAccount(start);
    const [first, second] = [account.grant({ sessions: 1 }), account.override({ sessionsPerDay: 1 })];
    expect(account.withdraw(second)).toBe(true);
    expect(modifiersOf(account)).toEqual([first]);
    expect(account.added.commands.at(-1)).toMatchObject({
      kind: 'withdraw',
      modifierId: second,
      key: `withdraw-${second}`,
    });
  });

  test('needs one of that name, also where there never was any', () => {
    const account = new AnAccount(start);
    expect(account.withdraw('grant_of_nobody')).toBe(false);
    account.grant({ sessions: 1 });
    expect(account.withdraw('grant_of_nobody')).toBe(false);
    const { modifiers: _none, ...written } = firstEntitlement;
    account.state = { ...account.state, account: { ...account.state.account, entitlement: written } };
    account.state = { ...account.state, commands: [] };
    expect(account.withdraw('grant_of_nobody')).toBe(false);
  });

  test('needs one that has not ended by itself', () => {
    const lasting = new AnAccount(start);
    const short = lasting.grant({ sessions: 1 }, { until: soon });
    expect(lasting.forward(hour - 1).withdraw(short)).toBe(true);
    const ended = new AnAccount(start);
    const over = ended.grant({ sessions: 1 }, { until: soon });
    expect(ended.forward(hour).withdraw(over)).toBe(false);
  });
});

test('an entitlement that was written before there were modifiers takes them', () => {
  const account = new AnAccount(start);
  const id = account.grant({ sessions: 1 });
  const { modifiers: _none, ...written } = firstEntitlement;
  expect(fold(written, account.added.commands).modifiers).toMatchObject([{ id }]);
  account.withdraw(id);
  const [, withdrawal] = account.added.commands;
  expect(fold(written, withdrawal === undefined ? [] : [withdrawal]).modifiers).toEqual([]);
});

test('a grant that is given again under its key stands once', () => {
  const account = new AnAccount(start);
  account.grant({ sessions: 1 });
  const [grant] = account.added.commands;
  if (grant === undefined) throw new Error('no grant');
  expect(fold(firstEntitlement, [grant, { ...grant, number: 2 }]).modifiers).toHaveLength(1);
});

test('the next change is the next start or end, never one that is past or now', () => {
  const account = new AnAccount(start);
  account.grant({ sessions: 1 }, { from: soon, until: instant(soon + hour) });
  account.grant({ sessions: 1 });
  const { modifiers = [] } = entitlementInForce(account.state);
  expect(nextChange(modifiers, start)).toBe(soon);
  expect(nextChange(modifiers, soon)).toBe(soon + hour);
  expect(nextChange(modifiers, instant(soon + hour))).toBeNull();
});

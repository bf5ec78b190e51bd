import { describe, expect, test } from 'vitest';
import { appId, userId } from '../../domain/ids.ts';
import { freeTierSearchAttributes, missingSearchAttributes } from '../../domain/search-attributes.ts';
import { accountOfWorkflow, isNewer, workflowIdOf } from '../../domain/totals.ts';

describe('what the ledger tells is newer', () => {
  test.each([
    ['within an epoch by its number', { epoch: 2, seq: 8 }, true],
    ['not by the same number: a repeat', { epoch: 2, seq: 7 }, false],
    ['not by a lower number: it came late', { epoch: 2, seq: 6 }, false],
    ['in a later epoch, whatever its number', { epoch: 3, seq: 1 }, true],
    ['never in an earlier epoch, whatever its number', { epoch: 1, seq: 99 }, false],
  ])('%s', (_why, next, newer) => expect(isNewer(next, { epoch: 2, seq: 7 })).toBe(newer));
});

describe('the name of a workflow', () => {
  test.each(['u1', 'a/b', 'x y', 'free-tier/app/u', 'ünïcode'])('tells whose it is: %s', (user) => {
    const name = workflowIdOf(appId('app'), userId(user));
    expect(name).toBe(`free-tier/app/${user}`);
    expect(accountOfWorkflow(name)).toEqual({ appId: 'app', userId: user });
  });

  test.each(['', 'free-tier/app', 'free-tier/app/', 'free-tier//u', 'my-free-tier/app/u', 'other/app/u'])(
    'says nothing where it is another’s: %s',
    (name) => expect(accountOfWorkflow(name)).toBeNull(),
  );
});

test('search attributes that a server lacks are named, all of them where it says nothing', () => {
  const all = Object.keys(freeTierSearchAttributes);
  expect(missingSearchAttributes({ App: 'Keyword', ResetsAt: 'Datetime', Other: 'Text' })).toEqual([
    'Standing',
    'UsagePercent',
    'RiskScore',
  ]);
  expect(missingSearchAttributes(freeTierSearchAttributes)).toEqual([]);
  expect(missingSearchAttributes(null)).toEqual(all);
  expect(missingSearchAttributes(undefined)).toEqual(all);
});

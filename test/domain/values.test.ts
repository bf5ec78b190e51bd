import { describe, expect, test } from 'vitest';
import { appId, userId } from '../../domain/ids.ts';
import { earliest, instant, later } from '../../domain/instant.ts';
import { escaped } from '../../domain/markup.ts';
import { beyond, lesser, microUsd, microUsdFromDollars, minus, plus } from '../../domain/money.ts';
import { isReadableName } from '../../domain/readable-text.ts';

describe('an amount of money', () => {
  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('is never %s', (amount) =>
    expect(() => microUsd(amount)).toThrow(`not an amount in micro-dollars: ${amount}`),
  );

  test('is a whole number of micro-dollars from nothing on', () => {
    expect([microUsd(0), microUsd(1), microUsd(2 ** 53 - 1)]).toEqual([0, 1, 9_007_199_254_740_991]);
  });

  test('is never more than a sum can hold, and never below nothing', () => {
    expect(() => plus(microUsd(2 ** 53 - 1), microUsd(1))).toThrow(RangeError);
    expect(() => minus(microUsd(1), microUsd(2))).toThrow('not an amount in micro-dollars: -1');
  });

  test('is rounded up from dollars, and not by the noise of binary fractions', () => {
    expect(microUsdFromDollars(0.000007)).toBe(7);
    expect(microUsdFromDollars(0.0000071)).toBe(8);
  });

  test('has a lesser one of two, and what does not fit', () => {
    expect([lesser(microUsd(1), microUsd(2)), lesser(microUsd(2), microUsd(1))]).toEqual([1, 1]);
    expect([beyond(microUsd(5), microUsd(3)), beyond(microUsd(3), microUsd(5))]).toEqual([2, 0]);
  });
});

describe('an instant', () => {
  test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY])('is never %s', (milliseconds) =>
    expect(() => instant(milliseconds)).toThrow(`not an instant: ${milliseconds}`),
  );

  test('is later or earlier than others', () => {
    const [first, second] = [instant(1), instant(2)];
    expect([later(first, second), later(second, first), later(first, first)]).toEqual([2, 2, 1]);
    expect(earliest([second, first])).toBe(1);
    expect(earliest([])).toBeNull();
  });
});

test.each(['', ' u', 'u ', 'a\nb', 'x'.repeat(129)])(
  'an id is never %j, and the error says what it is',
  (text) => {
    expect(() => userId(text)).toThrow('user id must be 1–128 printable characters');
    expect(() => appId(text)).toThrow('app id must be 1–128 printable characters');
  },
);

test('what would be read as markup is escaped, and nothing else', () => {
  expect(escaped(`<a href="x">O'Neil & sons</a>`)).toBe(
    '&lt;a href=&quot;x&quot;&gt;O&#39;Neil &amp; sons&lt;/a&gt;',
  );
  expect(escaped('plain – text')).toBe('plain – text');
});

test('a name in our sentences breaks no line and turns no direction', () => {
  expect(isReadableName('Ada & Söhne')).toBe(true);
  for (const stray of ['a\nb', 'a\tb', 'a\u202Eb', 'a\u2028b']) expect(isReadableName(stray)).toBe(false);
  expect(isReadableName('a\u0000b')).toBe(false);
});

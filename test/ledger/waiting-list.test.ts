import { expect, test } from 'vitest';
import { WaitingList } from '../../ledger/waiting-list.ts';

test('what waits behind others is taken after them, however early it came, and each kind in its order', () => {
  const list = new WaitingList<string>();
  list.add('bulk 1', true);
  list.add('bulk 2', true);
  list.add('request 1', false);
  list.add('request 2', false);
  expect(list.size).toBe(4);
  expect(list.take(3)).toEqual(['request 1', 'request 2', 'bulk 1']);
  expect(list.take(3)).toEqual(['bulk 2']);
  expect(list.take(3)).toEqual([]);
  expect(list.size).toBe(0);
});

test('a stream of others leaves one place in eight to what is behind them', () => {
  const list = new WaitingList<string>();
  for (const name of ['bulk 1', 'bulk 2', 'bulk 3']) list.add(name, true);
  for (let number = 1; number <= 100; number += 1) list.add(`request ${number}`, false);
  const taken = list.take(16);
  expect(taken).toHaveLength(16);
  expect(taken.filter((name) => name.startsWith('bulk'))).toEqual(['bulk 1', 'bulk 2']);
  expect(taken.slice(0, 14)).toEqual(Array.from({ length: 14 }, (_, index) => `request ${index + 1}`));
});

test('what is hurried goes before what stays behind, and what does not wait is not added by it', () => {
  const list = new WaitingList<string>();
  list.add('bulk 1', true);
  list.add('bulk 2', true);
  list.hurry('bulk 2');
  list.hurry('stranger');
  expect(list.take(5)).toEqual(['bulk 2', 'bulk 1']);
});

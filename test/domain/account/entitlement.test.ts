import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Command } from '../../../domain/account/command.ts';
import { firstEntitlement, fold } from '../../../domain/account/entitlement.ts';
import { reviewId } from '../../../domain/ids.ts';
import { instant } from '../../../domain/instant.ts';

const commands: fc.Arbitrary<Command[]> = fc
  .array(
    fc.tuple(
      fc.constantFrom('flag' as const, 'approve' as const, 'reject' as const),
      fc.constantFrom('r1', 'r2'),
    ),
    {
      maxLength: 12,
    },
  )
  .map((drawn) =>
    drawn.map(([kind, review], index) => ({
      number: index + 1,
      key: `k${index}`,
      kind,
      reviewId: reviewId(review),
      by: 'someone',
      note: '',
      at: instant(index),
    })),
  );

test('commands fold to the same entitlement in whatever order and however often they arrive', () =>
  fc.assert(
    fc.property(commands, fc.integer(), (issued, turn) => {
      const inOrder = fold(firstEntitlement, issued);
      const turned = [...issued, ...issued].sort(
        (a, b) => ((a.number * 7 + turn) % 5) - ((b.number * 7 + turn) % 5),
      );
      expect(fold(firstEntitlement, turned)).toEqual(inOrder);
      expect(fold(inOrder, issued)).toEqual(inOrder);
    }),
  ));

test('folding in two parts is folding in one', () =>
  fc.assert(
    fc.property(commands, fc.nat(12), (issued, cut) => {
      const inParts = fold(fold(firstEntitlement, issued.slice(0, cut)), issued.slice(cut));
      expect(inParts).toEqual(fold(firstEntitlement, issued));
    }),
  ));

const command = (number: number, kind: 'flag' | 'approve' | 'reject'): Command => ({
  number,
  key: `k${number}`,
  kind,
  reviewId: reviewId('r1'),
  by: 'someone',
  note: '',
  at: instant(0),
});

test('a rejection is undone by a later approval of the same review', () => {
  const issued = [command(1, 'flag'), command(2, 'reject'), command(3, 'approve')];
  expect(issued.map((_, index) => fold(firstEntitlement, issued.slice(0, index + 1)).standing)).toEqual([
    'under_review',
    'suspended',
    'good',
  ]);
});

test('nobody is approved or rejected who was not flagged', () => {
  expect(fold(firstEntitlement, [command(1, 'reject')]).standing).toBe('good');
  expect(fold(firstEntitlement, [command(1, 'approve')]).standing).toBe('good');
});

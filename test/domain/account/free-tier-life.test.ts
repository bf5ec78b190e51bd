import { describe, expect, test } from 'vitest';
import type { Command } from '../../../domain/account/command.ts';
import { firstEntitlement, fold } from '../../../domain/account/entitlement.ts';
import { hasEnded } from '../../../domain/account/free-tier-life.ts';
import { AnAccount, at } from '../an-account.ts';

const now = at('2026-11-24T10:00:00Z');

/** What a workflow has taken in, and what stands beside it that it has not. */
function standOf(account: AnAccount, takenIn: number) {
  const { commands } = account.added;
  return { entitlement: fold(firstEntitlement, commands.slice(0, takenIn)), commands };
}

/** An account in the ledger after these acts. */
function after(...acts: readonly ('upgrade' | 'downgrade' | 'restrict' | 'hold' | 'reject' | 'approve')[]) {
  const account = new AnAccount(now);
  for (const act of acts) {
    account.forward(1_000);
    if (act === 'upgrade') account.bill('upgraded');
    else if (act === 'downgrade') account.bill('downgraded');
    else if (act === 'restrict') account.flag('restricted');
    else if (act === 'hold') account.flag('under_review');
    else account.review(act);
  }
  return account;
}

const endedWhenAllIsTakenIn = (account: AnAccount): boolean =>
  hasEnded(standOf(account, account.added.commands.length));

describe('a free-tier life', () => {
  test('goes on while nobody pays', () => {
    expect(hasEnded({ entitlement: firstEntitlement, commands: [] })).toBe(false);
    expect(endedWhenAllIsTakenIn(after('upgrade', 'downgrade'))).toBe(false);
  });

  test('ends with an upgrade once the workflow has taken it in, and not before', () => {
    expect(hasEnded(standOf(after('upgrade'), 0))).toBe(false);
    expect(hasEnded(standOf(after('upgrade'), 1))).toBe(true);
  });

  test('goes on while a review waits for a person, whoever pays', () => {
    expect(endedWhenAllIsTakenIn(after('restrict', 'upgrade'))).toBe(false);
    expect(endedWhenAllIsTakenIn(after('hold', 'upgrade'))).toBe(false);
    expect(endedWhenAllIsTakenIn(after('hold', 'upgrade', 'approve'))).toBe(true);
    expect(endedWhenAllIsTakenIn(after('hold', 'upgrade', 'reject'))).toBe(true);
  });

  test('goes on where the ledger knows of a downgrade or a flag that the workflow has yet to take in', () => {
    expect(hasEnded(standOf(after('upgrade', 'downgrade'), 1))).toBe(false);
    expect(hasEnded(standOf(after('upgrade', 'restrict'), 1))).toBe(false);
    expect(hasEnded(standOf(after('upgrade', 'hold'), 1))).toBe(false);
  });

  test('has not ended for a workflow that still sees a review, though the ledger knows that it was decided', () => {
    const commands: readonly Command[] = after('hold', 'upgrade', 'approve').added.commands;
    expect(hasEnded({ entitlement: fold(firstEntitlement, commands.slice(0, 2)), commands })).toBe(false);
  });
});

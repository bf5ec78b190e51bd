/** A change of our own source. `find` must occur as often as it says, once by default. */
type Edit = { readonly file: string; readonly find: string; readonly plant: string; readonly times?: number };

/** One public fault planted into our own source: its test must then fail. */
export type PlantedBug = Edit & {
  readonly fault: string;
  readonly what: string;
  /** Where one change alone does no harm, since something else stands behind what it takes away. */
  readonly also?: Edit;
  /** Where its test is, if not in `test/faults`: it needs Temporal. */
  readonly test?: 'test/workflows/storm.test.ts' | 'test/workflows/replay.test.ts';
};

const commit = 'ledger/commit-statement.ts';
const versionCheck = 'x.version = s.base\n  returning';

export const bugs: readonly PlantedBug[] = [
  {
    fault: 'fault 01',
    what: 'a commit does not check that nobody committed since the decision was made',
    file: commit,
    find: versionCheck,
    times: 2,
    plant: 'true\n  returning',
  },
  {
    fault: 'fault 02',
    what: 'an account that two processes create at once is taken from both',
    file: commit,
    find: 'on conflict (app_id, user_id) do nothing\n  returning app_id, user_id',
    plant:
      'on conflict (app_id, user_id) do update set version = excluded.version\n  returning app_id, user_id',
    // The period that the other process has opened would end the statement.
    also: {
      file: 'ledger/commit-rows.ts',
      find: "where ${isAmong('n.item', 'won')}`,\n    parameters: (commits) => parametersOf(columns, itemRows(commits, of)),",
      plant:
        "where ${isAmong('n.item', 'won')} on conflict do nothing`,\n    parameters: (commits) => parametersOf(columns, itemRows(commits, of)),",
    },
  },
  {
    fault: 'fault 03',
    what: 'a hold fits wherever anything at all is left',
    file: 'domain/allowance/limits.ts',
    find: 'return plus(plus(period.spent, period.held), cap) <= terms.hardBudget;',
    plant: 'return cap >= 0 && plus(period.spent, period.held) < terms.hardBudget;',
  },
  {
    fault: 'fault 04',
    what: 'a process that reads an account adds what was spent a second time',
    file: 'ledger/rows/period.ts',
    find: 'spent: microUsd(row.spent_micro_usd)',
    plant: 'spent: microUsd(2 * row.spent_micro_usd)',
  },
  {
    fault: 'fault 05',
    what: 'a decision on a remembered account is committed over what is there',
    file: commit,
    find: versionCheck,
    times: 2,
    plant: 'true\n  returning',
  },
  {
    fault: 'fault 06',
    what: 'a session that nobody ends holds for ever',
    file: 'domain/account/settle.ts',
    find: 'if (endedAt !== null || at > now) continue;',
    plant: 'if (endedAt !== null || at > now - 1e12) continue;',
  },
  {
    fault: 'fault 07',
    what: 'whoever comes after the reset resets again',
    file: 'domain/account/bring-up-to-date.ts',
    find: 'if (previous !== null && context.now < previous.endsAt) return state;',
    plant: 'if (previous !== null && previous.number === 1 && context.now < previous.endsAt) return state;',
  },
  {
    fault: 'fault 08',
    what: 'whoever comes first after midnight resets everybody',
    file: commit,
    find: '), used as (\n  update accounts x set',
    plant:
      '), reset as (\n  update accounts z set day_attempts = 0 from sound s where z.app_id = s.app_id and z.user_id <> s.user_id\n), used as (\n  update accounts x set',
  },
  {
    fault: 'fault 09',
    what: 'sessions used are counted in memory and start at none',
    file: 'ledger/rows/period.ts',
    find: 'sessionsUsed: row.sessions_used',
    plant: 'sessionsUsed: 0 * row.sessions_used',
  },
  {
    fault: 'fault 10',
    what: 'a write that missed is acknowledged as if it had held',
    file: 'ledger/account-work.ts',
    find: 'if (outcome?.held === true) {',
    plant: 'if (outcome !== undefined) {',
  },
  {
    fault: 'fault 11',
    what: 'a write that failed is acknowledged',
    file: 'ledger/account-alone.ts',
    find: "for (const task of tasks) task.reject(error);\n  finish(line, tasks, 'failed');\n}",
    plant:
      "for (const task of tasks) task.resolve({ answer: { error: String(error) }, version: 0, clockOffset: 0 });\n  finish(line, tasks, 'failed');\n}",
  },
  {
    fault: 'fault 12',
    what: 'events are stored before it is known whether their account moved',
    file: 'ledger/commit-rows.ts',
    find: "from ${rowsOf('n', columns, first)}\n  where ${isAmong('n.item', 'won')}",
    plant:
      "from ${rowsOf('n', columns, first)}\n  where ${isAmong('n.item', table === 'usage_events' ? 'sound' : 'won')}",
  },
  {
    fault: 'fault 13',
    what: 'calls are acknowledged before they are committed',
    file: 'ledger/account-work.ts',
    find: 'for (const job of settled) answer(job);',
    plant: 'for (const job of decided) answer(job);',
  },
  {
    fault: 'fault 14',
    what: 'an event that is known is counted again under another id',
    file: 'api/count-event.ts',
    find: 'if (isRepeat(known, id, fingerprint)) return',
    plant: 'if (isRepeat(known, id, fingerprint) && known === null) return',
  },
  {
    fault: 'fault 15',
    what: 'the end of a session refunds its whole cap, whatever was spent in it',
    file: 'domain/account/reservations.ts',
    find: 'minus(period.held, minus(session.held, held))',
    plant: 'minus(period.held, session.cap)',
  },
  {
    fault: 'fault 16',
    what: 'what was crossed before is crossed again',
    file: 'domain/allowance/ladder.ts',
    find: '!period.crossed.includes(step)',
    plant: '!period.crossed.includes(-step)',
  },
  {
    fault: 'fault 17',
    what: 'the row is written by its key alone, whatever its version',
    file: commit,
    find: versionCheck,
    times: 2,
    plant: 'true\n  returning',
  },
  {
    fault: 'fault 18',
    what: 'a cost may be below nothing',
    file: 'api/contract/usage-event.ts',
    find: 'z.number().min(0).max(1_000)',
    plant: 'z.number().max(1_000)',
  },
  {
    fault: 'fault 19',
    what: 'each run counts what people said from one again: words of two runs pass for repeats, and are lost',
    file: 'workflows/next-run.ts',
    find: '})(state);',
    plant: '})({ ...state, actsOfKind: { approve: 0, reject: 0, recheck: 0, extend: 0 } });',
    test: 'test/workflows/storm.test.ts',
  },
  {
    fault: 'fault 20',
    what: 'a new way is gone in runs that began without it',
    file: 'workflows/next-step.ts',
    find: "mayHibernate(state, current) && isPatched('hibernation')",
    plant: 'mayHibernate(state, current)',
    test: 'test/workflows/replay.test.ts',
  },
];

export const editsOf = (bug: PlantedBug): readonly Edit[] =>
  bug.also === undefined ? [bug] : [bug, bug.also];

/** @throws Error where the source no longer has what the edit replaces: the list must follow the code. */
export function planted(source: string, { file, find, plant, times = 1 }: Edit): string {
  const parts = source.split(find);
  if (parts.length !== times + 1)
    throw new Error(`${file} holds the text to replace ${parts.length - 1} times: ${find}`);
  return parts.join(plant);
}

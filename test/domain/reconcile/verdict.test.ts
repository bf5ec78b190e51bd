import { expect, test } from 'vitest';
import { minute } from '../../../domain/instant.ts';
import {
  type LedgerSide,
  type Verdict,
  type WorkflowSide,
  verdictOn,
} from '../../../domain/reconcile/verdict.ts';

const waiting: LedgerSide = { waits: true, overdueBy: -minute, unansweredFor: null, ended: false };
const asleep: LedgerSide = { ...waiting, waits: false, overdueBy: Number.NEGATIVE_INFINITY };
const ledgers = {
  'it waits for its deadline': waiting,
  'its deadline is over, for less than the others need to mend it': { ...waiting, overdueBy: 10 * minute },
  'its deadline is long over': { ...waiting, overdueBy: 11 * minute },
  'it was told a moment ago': { ...waiting, unansweredFor: minute },
  'it has not answered for long': { ...waiting, unansweredFor: 11 * minute },
  'it sleeps': asleep,
  'it sleeps and was told of something long ago': { ...asleep, unansweredFor: 11 * minute },
  'its free-tier life has ended': { ...asleep, ended: true },
} satisfies Record<string, LedgerSide>;

const workflows: readonly WorkflowSide[] = ['running', 'failed', 'closed', 'absent'];

/** In the order of `workflows`. */
const expected: Readonly<Record<keyof typeof ledgers, readonly Verdict[]>> = {
  'it waits for its deadline': ['sound', 'failed', 'missing', 'missing'],
  'its deadline is over, for less than the others need to mend it': ['sound', 'failed', 'missing', 'missing'],
  'its deadline is long over': ['stale', 'failed', 'missing', 'missing'],
  'it was told a moment ago': ['sound', 'failed', 'sound', 'sound'],
  'it has not answered for long': ['stale', 'failed', 'missing', 'missing'],
  'it sleeps': ['sound', 'sound', 'sound', 'sound'],
  'it sleeps and was told of something long ago': ['stale', 'failed', 'missing', 'missing'],
  'its free-tier life has ended': ['needless', 'sound', 'sound', 'sound'],
};

const cases = Object.entries(ledgers).flatMap(([name, ledger]) =>
  workflows.map(
    (workflow, index) =>
      [name, workflow, expected[name as keyof typeof ledgers][index] as Verdict, ledger] as const,
  ),
);

test.each(cases)(
  'where the ledger says that %s and the workflow is %s, it is %s',
  (_name, workflow, verdict, ledger) => expect(verdictOn(ledger, workflow)).toBe(verdict),
);

import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  condition,
  isCancellation,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { instant } from '../domain/instant.ts';
import { Alarm } from './alarm.ts';
import { knowsCommand } from './apply-result.ts';
import { isTotalsOf } from './check-totals.ts';
import { detailsOf } from './details.ts';
import { checkExtension } from './extension.ts';
import type { HumanAct } from '../activities/free-tier-activities.ts';
import { checkHumanAct } from './human-act.ts';
import {
  accountQuery,
  approveSignal,
  decideUpdate,
  extendSignal,
  recheckSignal,
  rejectSignal,
  totalsSignal,
} from './messages.ts';
import { type Farewell, farewell } from './farewell.ts';
import { beginNextRun } from './next-run.ts';
import { type Step, isAcknowledged, nextStep } from './next-step.ts';
import { perform } from './perform.ts';
import type { IsPatched, Rules } from './rules.ts';
import { Run } from './run.ts';
import { showSearchAttributes } from './search-attributes.ts';
import { type FreeTierStart, type FreeTierState, noted, stateOf } from './state.ts';
import { deadlineInWords } from './summaries.ts';
import { hear, takeIn } from './take-in.ts';

/** Reviews were not followed at first: in a run that began without them nothing may start half-way through its history. */
const followed = (state: FreeTierState, isPatched: IsPatched): FreeTierState =>
  state.review === null || isPatched('reviews') ? state : { ...state, review: null };

/**
 * What a task has done goes to the server in one message, which may hold 4 MB; a crowd of words would make it longer. In
 * characters, of which each takes three bytes at most.
 */
const mostAtOnce = 1_000_000;

/** As long as what the ledger answers to a step, more or less. */
const lengthOf = (state: FreeTierState): number => JSON.stringify({ ...state, acts: [] }).length;

/** Takes in what comes, does what is next, waits, and does so again until the free-tier life is over. */
export async function followAccount(start: FreeTierStart | FreeTierState, rules: Rules): Promise<Farewell> {
  const { isPatched, isThrifty } = rules;
  let state = stateOf(start);
  const appNow = () => instant(Date.now() + state.clockOffset);
  const problem = (text: string): void => {
    state = noted(state, { kind: 'problem', at: appNow(), text });
  };

  setHandler(
    totalsSignal,
    (totals: unknown) => {
      if (isTotalsOf(state, totals)) state = isThrifty ? hear(state, totals) : takeIn(state, totals);
      else problem('a signal "totals" that does not fit this account was ignored');
    },
    { description: 'From the relay: the account as the ledger has it. Not for people.' },
  );
  /**
   * Numbered by kind: what waits at the start of a run is handed over kind by kind, so that a task which is done again, with
   * more in front of it, keeps the order within a kind and no other. A key from another count would do an act twice.
   */
  const keep = (decision: HumanAct['decision'], actOf: (key: string) => HumanAct): void => {
    const taken = state.actsOfKind[decision] + 1;
    const key = `signal-${workflowInfo().firstExecutionRunId}-${decision}-${taken}`;
    state = {
      ...state,
      actsTaken: state.actsTaken + 1,
      actsOfKind: { ...state.actsOfKind, [decision]: taken },
      acts: [...state.acts, actOf(key)],
    };
  };
  const takeAct = (decision: 'approve' | 'reject' | 'recheck') => (payload: unknown) => {
    const checked = checkHumanAct(payload);
    if (!checked.ok) return problem(`a signal "${decision}" was ignored: ${checked.problem}`);
    keep(decision, (key) => ({ decision, by: checked.by, note: checked.note, key }));
  };
  setHandler(approveSignal, takeAct('approve'), {
    description: 'Lets a flagged or suspended user go on. Input: {"by": "your name", "note": "why"}',
  });
  setHandler(rejectSignal, takeAct('reject'), {
    description: 'Suspends a flagged user. Input: {"by": "your name", "note": "why"}',
  });
  setHandler(recheckSignal, takeAct('recheck'), {
    description:
      'Looks at a flagged user once more; lifts a restriction whose evidence has gone. Input: {"by": "your name", "note": "why"}',
  });
  setHandler(
    extendSignal,
    (payload: unknown) => {
      const checked = checkExtension(payload);
      if (!checked.ok) return problem(`a signal "extend" was ignored: ${checked.problem}`);
      keep('extend', (key) => ({ decision: 'extend', ...checked.extension, key }));
    },
    {
      description:
        'Gives extra sessions until a time. Input: {"by": "your name", "sessions": 5, "until": "2027-01-31T00:00:00Z", "note": "why"}',
    },
  );
  setDefaultSignalHandler((name) => problem(`the signal "${name}" is not known here and was ignored`));
  setHandler(
    decideUpdate,
    async ({ totals, command }) => {
      state = takeIn(state, totals);
      await condition(() => state.entitlement.foldedThrough >= command);
      return { standing: state.entitlement.standing, foldedThrough: state.entitlement.foldedThrough };
    },
    {
      description: 'From the API: a decision that stands in the ledger. Answers when it is in force here.',
      validator: (request: unknown) => {
        const { totals, command } = Object(request) as Record<string, unknown>;
        if (isTotalsOf(state, totals) && knowsCommand(takeIn(state, totals), Number(command))) return;
        throw ApplicationFailure.nonRetryable('expected {totals, command} as the ledger has them', 'invalid');
      },
    },
  );
  setHandler(accountQuery, () => state, { description: 'All that this workflow knows, as versioned JSON.' });

  const alarm = new Alarm();
  const run = new Run(rules);
  let atOnce = 0;
  const isOver = (step: Step): step is Extract<Step, { kind: 'end' }> =>
    step.kind === 'end' && isAcknowledged(state.acknowledged, step.word);

  for (;;) {
    run.see(state);
    const step = nextStep(followed(state, isPatched), appNow(), isPatched);
    const resting = step.kind === 'wait';
    if (run.isOver(state) && (resting || run.isEndSuggested(state))) await beginNextRun(state);
    if (isOver(step)) {
      showSearchAttributes(state, isThrifty);
      setCurrentDetails(detailsOf(state));
      // Nothing is awaited between this look and the return: what comes in meanwhile makes the server ask again.
      if (allHandlersFinished()) return farewell(state, step.as, appNow());
      const seen = state;
      await condition(() => state !== seen || allHandlersFinished());
      continue;
    }
    if (resting) {
      atOnce = 0;
      showSearchAttributes(state, isThrifty);
      setCurrentDetails(detailsOf(state));
      if (step.deadline !== null) {
        alarm.set(step.deadline.at - state.clockOffset, deadlineInWords(step.deadline));
      }
      const seen = state;
      await condition(() => state !== seen || alarm.rang || run.isOver(state));
      alarm.hush();
      continue;
    }
    if (atOnce >= mostAtOnce && isPatched('words-in-turns')) {
      atOnce = 0;
      await sleep(1, { summary: 'What was done is stored before there is more' });
      continue;
    }
    try {
      const change = await perform(step, state, isThrifty);
      if (change === 'gone') return farewell(state, 'unknown', appNow());
      state = change(state, appNow());
      atOnce += lengthOf(state);
    } catch (error) {
      // A local activity that is given up throws what it failed with, any other wraps it.
      if (!(error instanceof ActivityFailure || error instanceof ApplicationFailure)) throw error;
      if (isCancellation(error)) throw error;
      const failure = error instanceof ActivityFailure ? (error.cause ?? error) : error;
      const isUnknown = failure instanceof ApplicationFailure && failure.type === 'no_account';
      if (isUnknown && isPatched('unknown-account')) return farewell(state, 'unknown', appNow());
      problem(`${step.kind} failed and is tried again in a minute: ${failure.message}`);
      setCurrentDetails(detailsOf(state));
      await sleep('1 minute', { summary: `${step.kind} failed` });
      atOnce = 0;
    }
  }
}

import type { Deadline, Step } from './next-step.ts';

/** What the Temporal UI writes beside each activity and timer. No names: they are never encrypted. */

const nudgeInWords = ({ nudges }: Extract<Step, { kind: 'decide_nudges' }>): string => {
  const delivered = nudges.find(({ decision }) => decision === 'delivered');
  const steps = nudges.map(({ threshold }) => `${threshold} %`).join(', ');
  return delivered === undefined ? `Steps ${steps}: nothing to send` : `Nudge at ${delivered.threshold} %`;
};

export function summaryOf(step: Exclude<Step, { kind: 'wait' }>): string {
  switch (step.kind) {
    case 'record_act':
      return `Write down a person's word: ${step.act.decision}`;
    case 'write_entitlement': {
      const { standing, foldedThrough } = step.entitlement;
      return `Standing ${standing}, acts 1–${foldedThrough} in force`;
    }
    case 'decide_nudges':
      return nudgeInWords(step);
    case 'open_period':
      return 'The period is over: open the next';
    case 'announce_reset':
      return step.notice === null
        ? `Period ${step.period.number}: nothing to announce`
        : `Announce period ${step.period.number}`;
    case 'announce_reset_soon':
      return `Tell that period ${step.period.number} ends soon`;
    case 'tell_of_review':
      return step.duty === 'remind' ? 'Remind: the review is due' : 'Escalate: nobody decided the review';
    case 'recheck_review':
      return 'The time to decide is up: look at the account again';
    case 'end':
      return `Tell the ledger that this ends: ${step.as}`;
    case 'acknowledge':
      return 'Tell the ledger what has been taken in';
    default:
      return step satisfies never;
  }
}

const deadlinesInWords: Readonly<Record<Deadline['of'], string>> = {
  period: 'Until the period ends',
  reset_soon: 'Until the reset is near',
  remind: 'Until the review is due',
  escalate: 'Until the review is escalated',
  recheck: 'Until the account is re-checked',
};

export const deadlineInWords = ({ of }: Deadline): string => deadlinesInWords[of];

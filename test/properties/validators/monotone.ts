import { periodOf, withAccount, withPeriod } from '../../../domain/account/change.ts';
import { today } from '../../../domain/account/bring-up-to-date.ts';
import type { AccountState } from '../../../domain/account/state.ts';
import { decideAdmission } from '../../../domain/allowance/admission.ts';
import { microUsd } from '../../../domain/money.ts';
import type { Validator } from '../play.ts';

const least = (amount: number): number => Math.max(0, amount);

/** The same account having used a little less in each dimension, one at a time and all at once. */
function lessUsed(state: AccountState): readonly AccountState[] {
  const day = today(state);
  const period = periodOf(state, state.account.currentPeriod);
  const fewerSessions = withPeriod(state, { ...period, sessionsUsed: least(period.sessionsUsed - 1) });
  const lessSpent = withPeriod(state, { ...period, spent: microUsd(least(period.spent - 50_000)) });
  const quieterDay = withAccount(state, {
    day: { ...day, sessions: least(day.sessions - 1), spent: microUsd(least(day.spent - 50_000)) },
  });
  const running = state.sessions.find(({ endedAt, period: of }) => endedAt === null && of === period.number);
  const fewerRunning: AccountState[] =
    running === undefined
      ? []
      : [
          {
            ...withPeriod(state, { ...period, held: microUsd(period.held - running.held) }),
            sessions: state.sessions.filter(({ id }) => id !== running.id),
          },
        ];
  const all = withAccount(
    withPeriod(state, {
      ...period,
      sessionsUsed: least(period.sessionsUsed - 2),
      spent: microUsd(Math.floor(period.spent / 2)),
    }),
    { day: { ...day, sessions: least(day.sessions - 2) } },
  );
  return [fewerSessions, lessSpent, quieterDay, ...fewerRunning, all];
}

export const monotone: Validator = {
  name: 'the decision is monotone: who used less is never refused where who used more is not',
  complaint: ({ asked, current, answer, context, thorough }) => {
    if (!thorough || asked.kind !== 'ask' || answer.kind !== 'admission') return null;
    if (answer.admission.outcome === 'refused') return null;
    for (const [index, state] of lessUsed(current).entries()) {
      const { answer: other } = decideAdmission(state, { ...asked.request, confirmed: true }, context);
      if (other.outcome === 'refused')
        return `variation ${index} was refused: ${JSON.stringify(other.refusal)}`;
    }
    return null;
  },
};

import type { DecisionContext } from '../domain/account/context.ts';
import type { Override } from '../domain/account/modifier.ts';
import type { AccountState } from '../domain/account/state.ts';
import { type Contradiction, contradictionWithin } from '../domain/allowance/contradiction.ts';
import { dollarsOf } from '../domain/money.ts';
import { toTime } from './contract/fields.ts';
import { Problem } from './problems/problem.ts';

/** "5 dollars (override: a pilot)". */
const inWords = ({ value, source, contributions }: Contradiction['hardBudget']): string => {
  const reason = contributions.at(-1)?.reason ?? null;
  return `${dollarsOf(value)} dollars (${source}${reason === null ? '' : `: ${reason}`})`;
};

function sentenceOf({ from, sessionCap, hardBudget }: Contradiction): string {
  return `from ${toTime(from)} on one session would hold ${inWords(sessionCap)} of a period's ${inWords(hardBudget)}, so that none could start`;
}

/** @throws Problem where an override that was just made leaves no session room to start, at any time while it is in force */
export function refuseContradiction(
  override: Pick<Override, 'limits' | 'from' | 'until'>,
  made: AccountState,
  context: DecisionContext,
): void {
  const { sessionCap, hardBudget } = override.limits;
  if (sessionCap === undefined && hardBudget === undefined) return;
  const contradiction = contradictionWithin(override, made, context);
  if (contradiction === null) return;
  const field = sessionCap === undefined ? 'budget_per_month_usd' : 'budget_per_session_usd';
  const message = sentenceOf(contradiction);
  throw new Problem('contradicting-limits', `limits.${field}: ${message}`, {
    errors: [{ in: 'body', pointer: `/limits/${field}`, message }],
  });
}

/** @throws Problem where what is left once an override is withdrawn leaves no session room to start, and did before */
export function refuseToUncover(before: AccountState, after: AccountState, context: DecisionContext): void {
  const fromNow = { from: context.now, until: null };
  const contradiction = contradictionWithin(fromNow, after, context);
  if (contradiction === null || contradictionWithin(fromNow, before, context) !== null) return;
  const message = `without it, ${sentenceOf(contradiction)}; withdraw the other one first`;
  throw new Problem('contradicting-limits', `modifier: ${message}`, {
    errors: [{ in: 'path', parameter: 'modifier', message }],
  });
}

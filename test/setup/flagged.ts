import { bringUpToDate } from '../../domain/account/bring-up-to-date.ts';
import type { RiskSignal } from '../../domain/account/state.ts';
import { appId, userId } from '../../domain/ids.ts';
import { flag } from '../../domain/risk/flag.ts';
import { transact } from '../../ledger/transact.ts';
import type { TestApi, TestApp } from './product.ts';

const someEvidence: readonly RiskSignal[] = [
  { name: 'machine_speed', points: 25, detail: 'median pause of 0.2 s over 20' },
  { name: 'many_attempts', points: 25, detail: '22 attempts today, refused ones included' },
];

/** Flags a user as evidence would, whatever they did; answers the review's id. */
export async function flagged(
  { database }: Pick<TestApi, 'database'>,
  app: TestApp,
  user: string,
  to: 'restricted' | 'under_review',
): Promise<string> {
  const account = { appId: appId(app.id), userId: userId(user) };
  const score = someEvidence.reduce((sum, { points }) => sum + points, 0);
  const done = await transact(database.ledger, account, ({ state }, context) => ({
    state: flag(bringUpToDate(state, context), { score, signals: someEvidence, to }, context),
    answer: context.fresh.reviewId,
  }));
  if (done === null) throw new Error(`there is no app ${app.id}`);
  return done.answer;
}

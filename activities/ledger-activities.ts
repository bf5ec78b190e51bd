import { bringUpToDate } from '../domain/account/bring-up-to-date.ts';
import { withAccount } from '../domain/account/change.ts';
import { type ExtensionAnswer, decideExtension } from '../domain/account/extend.ts';
import { type RecheckAnswer, decideRecheck } from '../domain/risk/recheck.ts';
import { type ReviewAnswer, decideReview } from '../domain/risk/review-decision.ts';
import { untold } from '../domain/telling.ts';
import type { AccountTotals } from '../domain/totals.ts';
import { findLocale } from '../ledger/account-locale.ts';
import { findCommand } from '../ledger/commands.ts';
import type { Decide, TransactOptions } from '../ledger/decision.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { accountForPeriods } from '../ledger/account-for-periods.ts';
import { acknowledgeMark } from '../ledger/outbox.ts';
import { readTotals } from '../ledger/totals.ts';
import { transact } from '../ledger/transact.ts';
import type { ActAnswer, ActRequest, FreeTierActivities, OfAccount } from './free-tier-activities.ts';
import { ledgerBehind } from './ledger-behind.ts';
import { noAccount } from './no-account.ts';

/** The workflow knows of its own acts; telling it of them would only wake it again. */
const toNobody: TransactOptions = { telling: untold };

const totalsOf = async (ledger: Ledger, account: OfAccount): Promise<AccountTotals | null> =>
  (await readTotals(ledger, [account]))[0] ?? null;

/** Makes a decision that issues a command under its key, unless the command stands already. */
async function issueOnce(
  ledger: Ledger,
  account: OfAccount,
  key: string,
  decide: Decide<ReviewAnswer | RecheckAnswer | ExtensionAnswer>,
): Promise<ActAnswer> {
  const isRecorded = (await findCommand(ledger.pool, account, key)) !== null;
  const onKnown: typeof decide = (loaded, context) => {
    if (loaded.state.account.version === 0) throw noAccount(account);
    return decide(loaded, context);
  };
  const done = isRecorded ? null : await transact(ledger, account, onKnown, toNobody);
  const totals = await totalsOf(ledger, account);
  if (totals === null) throw noAccount(account);
  const answer = done?.answer;
  return { totals, unchanged: answer?.outcome === 'unchanged' ? answer.reason : null };
}

const recordAct = (ledger: Ledger, { act, ...account }: ActRequest): Promise<ActAnswer> =>
  issueOnce(ledger, account, act.key, ({ state }, context) => {
    switch (act.decision) {
      case 'extend':
        return decideExtension(state, act, context);
      case 'recheck':
        return decideRecheck(state, { ...act, reviewId: null, timeUp: false }, context);
      case 'approve':
      case 'reject':
        return decideReview(state, { ...act, decision: act.decision, reviewId: null }, context);
      default:
        return act satisfies never;
    }
  });

type RecheckRequest = Parameters<FreeTierActivities['recheckReview']>[0];

function recheckReview(ledger: Ledger, { review, ...account }: RecheckRequest): Promise<ActAnswer> {
  const key = `recheck:${review.id}:${review.dueAt}`;
  return issueOnce(ledger, account, key, ({ state }, context) =>
    decideRecheck(
      state,
      { reviewId: review.id, timeUp: true, by: 'stipend', note: 'nobody decided in time', key },
      context,
    ),
  );
}

export function ledgerActivities(
  ledger: Ledger,
): Pick<
  FreeTierActivities,
  'recordAct' | 'recheckReview' | 'writeEntitlement' | 'openPeriod' | 'acknowledge'
> {
  return {
    recordAct: (request) => recordAct(ledger, request),

    recheckReview: (request) => recheckReview(ledger, request),

    writeEntitlement: async ({ entitlement, ...account }) => {
      const written = await transact(
        ledger,
        account,
        ({ state }, context) => {
          // What is not there, or was erased, must not come to life by a word of its old workflow.
          if (state.account.version === 0) throw noAccount(account);
          const standing = state.account.entitlement;
          if (standing.version >= entitlement.version) return { state, answer: standing };
          // Written into a restored ledger, it would swallow the commands that come to bear these numbers.
          if (entitlement.foldedThrough > state.account.lastCommand) throw ledgerBehind();
          const current = bringUpToDate(state, context);
          return { state: withAccount(current, { entitlement }), answer: entitlement };
        },
        toNobody,
      );
      if (written === null) throw noAccount(account);
      return written.answer;
    },

    openPeriod: async (account) => {
      await transact(
        ledger,
        account,
        ({ state }, context) => ({
          // An account the ledger does not know must not come to life by being looked at.
          state: state.account.version === 0 ? state : bringUpToDate(state, context),
          answer: null,
        }),
        toNobody,
      );
      return totalsOf(ledger, account);
    },

    acknowledge: async ({ accounted = [], ...word }) => {
      if (accounted.length > 0) await accountForPeriods(ledger.pool, word, accounted);
      const isTaken = await acknowledgeMark(ledger.pool, word);
      if (!isTaken && (await findLocale(ledger.pool, word)) === null) throw noAccount(word);
    },
  };
}

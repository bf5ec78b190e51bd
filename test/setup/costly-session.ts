import { decideAdmission } from '../../domain/allowance/admission.ts';
import { decideEnd } from '../../domain/allowance/end-session.ts';
import { register } from '../../domain/account/register.ts';
import { type AppId, userId } from '../../domain/ids.ts';
import { countEvent } from '../../api/count-event.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { transact } from '../../ledger/transact.ts';

/** Puts a user on a plan, from their next period on. */
export const putOnPlan = (ledger: Ledger, app: AppId, user: string, plan: string | null) =>
  transact(ledger, { appId: app, userId: userId(user) }, ({ state }, context) => ({
    state: register(state, plan === null ? {} : { plan }, context),
    answer: null,
  }));

/** A whole session of a user that costs this many dollars; none: it ends unused and is given back. */
export async function costlySession(
  ledger: Ledger,
  app: AppId,
  user: string,
  dollars: number | null,
): Promise<void> {
  const account = { appId: app, userId: userId(user) };
  const admitted = await transact(ledger, account, ({ state }, context) =>
    decideAdmission(state, { confirmed: true, client: null, metadata: null }, context),
  );
  if (admitted?.answer.outcome !== 'admitted') throw new Error(`${user} was not admitted`);
  const { id } = admitted.answer.session;
  if (dollars !== null) {
    await transact(ledger, account, ({ state }, context) =>
      countEvent(state, null, id, { id: `of ${id}`, cost_usd: dollars }, context),
    );
  }
  await transact(ledger, account, ({ state }, context) => decideEnd(state, id, context));
}

import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import { type BillingAnswer, decideBilling } from '../../domain/account/billing.ts';
import type { DecisionContext } from '../../domain/account/context.ts';
import { entitlementInForce, lifecycleOf } from '../../domain/account/entitlement.ts';
import type { AccountState } from '../../domain/account/state.ts';
import { userId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import { userView } from '../../domain/usage-view.ts';
import { findCommand } from '../../ledger/commands.ts';
import type { AccountKey } from '../../ledger/totals.ts';
import { consult, transact } from '../../ledger/transact.ts';
import { markUndeliverable, unsubscribe } from '../../ledger/mail-preferences.ts';
import { type ToldEvent, storeUserEvent } from '../../ledger/user-events.ts';
import { ofUser } from '../contract/session.ts';
import { usageViewToApi } from '../contract/usage-view.ts';
import { userEventRequest, userEventView } from '../contract/user-event.ts';
import { refuseFuture } from '../future.ts';
import { actorOf, appOf } from '../caller.ts';
import { inBody } from '../problems/problem.ts';
import { unknownUser } from '../put-modifier.ts';
import type { Reply } from '../reply.ts';
import { type Services, route } from '../route.ts';

type Told = z.output<typeof userEventRequest> & { readonly key: string; readonly by: string };

type View = z.output<typeof userEventView>;

function reply(
  event: View['event'],
  { outcome, reason }: Pick<View, 'outcome' | 'reason'>,
  state: AccountState,
  context: DecisionContext,
): Reply {
  const body: View = {
    event,
    outcome,
    reason,
    lifecycle: lifecycleOf(entitlementInForce(state)),
    usage: usageViewToApi(userView(state, context, { kind: 'standing' })),
  };
  return { status: outcome === 'recorded' ? 201 : 200, body };
}

const recorded = { outcome: 'recorded', reason: null } as const;

const outcomeOf = (answer: BillingAnswer): Pick<View, 'outcome' | 'reason'> =>
  answer.outcome === 'applied' ? recorded : answer;

function occurredAt({ occurred_at: at }: Told, now: Instant): Instant {
  refuseFuture('occurred_at', at, now);
  return at ?? now;
}

/** What follows of the event for the user's mail. */
async function followUp({ db }: Services, account: AccountKey, kind: ToldEvent['kind']): Promise<void> {
  switch (kind) {
    case 'upgrade_page_viewed':
      return;
    case 'email_bounced':
      return markUndeliverable(db, account, 'the app told of a bounce');
    case 'email_complained':
      await unsubscribe(db, account, 'the user, by a complaint');
      return;
    default:
      return kind satisfies never;
  }
}

async function recordEvent(
  services: Services,
  account: AccountKey,
  kind: ToldEvent['kind'],
  told: Told,
): Promise<Reply> {
  if (told.plan !== undefined) throw inBody('invalid-request', 'plan', 'belongs to upgraded and downgraded');
  const seen = await consult(services.ledger, account, ({ state }, context) => {
    if (state.account.version === 0) throw unknownUser();
    const times = { occurredAt: occurredAt(told, context.now), recordedAt: context.now };
    return { times, reply: reply(told.event, recorded, state, context) };
  });
  if (seen === null) throw unknownUser();
  await storeUserEvent(services.db, account, { kind, ...seen.times, id: told.key, note: told.note });
  await followUp(services, account, kind);
  return seen.reply;
}

/** A command of the ledger, in force when it commits; the workflow hears of it afterwards. */
async function recordBilling(
  { ledger }: Services,
  account: AccountKey,
  event: 'upgraded' | 'downgraded',
  told: Told,
): Promise<Reply> {
  const isKnown = (await findCommand(ledger.pool, account, told.key)) !== null;
  const done = await transact(ledger, account, ({ state: before }, context) => {
    if (before.account.version === 0) throw unknownUser();
    if (isKnown) return { state: before, answer: reply(event, recorded, before, context) };
    const { plans } = context.policyOf(context.policyVersion);
    if (event === 'downgraded' && told.plan !== undefined && !Object.hasOwn(plans, told.plan)) {
      throw inBody('unknown-plan', 'plan', `must be one of ${Object.keys(plans).join(', ')}`);
    }
    const { key, by, note, plan = null } = told;
    const billing = { event, plan, occurredAt: occurredAt(told, context.now), key, by, note };
    const { state, answer } = decideBilling(before, billing, context);
    return { state, answer: reply(event, outcomeOf(answer), state, context) };
  });
  if (done === null) throw unknownUser();
  return done.answer;
}

export const postUserEvent = route({
  method: 'post',
  path: '/v1/users/:user/events',
  operation: 'reportUserEvent',
  summary:
    'What became of a user: the paid plan, whose upgrade lifts the limits at once, or a mail that bounced',
  tag: 'Users',
  scope: 'app',
  params: ofUser,
  body: userEventRequest,
  answers: {
    201: { description: 'Recorded, with the allowance as it is now', schema: userEventView },
    200: { description: 'Nothing was changed: a repeat, or one that comes too late', schema: userEventView },
  },
  problems: ['not-found', 'unknown-plan', 'impossible-time', 'account-busy'],
  handle: ({ params, body, caller, keyed }, services) => {
    const account = { appId: appOf(caller), userId: userId(params.user) };
    // The fingerprint keeps the event apart from another under a key that has been forgotten after its day.
    const key = `event-${keyed === null ? uuid() : `${keyed.key}-${keyed.fingerprint}`}`;
    const told: Told = { ...body, key, by: actorOf(caller) };
    switch (body.event) {
      case 'upgrade_page_viewed':
      case 'email_bounced':
      case 'email_complained':
        return recordEvent(services, account, body.event, told);
      case 'upgraded':
      case 'downgraded':
        return recordBilling(services, account, body.event, told);
      default:
        return body.event satisfies never;
    }
  },
});

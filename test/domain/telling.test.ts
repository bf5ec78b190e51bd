import { describe, expect, test } from 'vitest';
import { sessionId } from '../../domain/ids.ts';
import { hour, minute } from '../../domain/instant.ts';
import { decideAdmission } from '../../domain/allowance/admission.ts';
import { decideEnd } from '../../domain/allowance/end-session.ts';
import { decideUsage } from '../../domain/allowance/usage.ts';
import { issueCommand } from '../../domain/account/issue-command.ts';
import { bringUpToDate } from '../../domain/account/bring-up-to-date.ts';
import type { DecisionContext } from '../../domain/account/context.ts';
import type { AccountState } from '../../domain/account/state.ts';
import { type Telling, sessionEndsToldEvery, together, untold, worthTelling } from '../../domain/telling.ts';
import { aCall } from './a-call.ts';
import { startSession } from './account-on.ts';
import { AnAccount, at, policyWith } from './an-account.ts';

const started = (account: AnAccount): string => startSession(account).id;

const start = at('2026-11-24T10:00:00Z');
const roomy = policyWith((plan) => ({
  ...plan,
  probation: null,
  degrade: null,
  sessions: { per_day: null, per_month: 10, concurrent: 5 },
}));

const told = (
  account: AnAccount,
  decide: (state: AccountState, context: DecisionContext) => AccountState,
): Telling => {
  const context = account.context();
  return worthTelling(account.state, decide(account.state, context), context);
};

const asking = (state: AccountState, context: DecisionContext) =>
  decideAdmission(state, { confirmed: true, client: null, metadata: null }, context).state;

const ending = (id: string) => (state: AccountState, context: DecisionContext) =>
  decideEnd(state, sessionId(id), context).state;

const using = (id: string, dollars: number) => (state: AccountState, context: DecisionContext) =>
  decideUsage(state, aCall('event', id, dollars), context).state;

const versionOfAdmission = (account: AnAccount, id: string) =>
  account.state.sessions.find((session) => session.id === id)?.admittedVersion;

describe('a commit is told to the workflow', () => {
  test('soon, where it opens a period: with the first session of a life and of each month', () => {
    const account = new AnAccount(start, roomy);
    expect(told(account, asking)).toEqual({ how: 'soon', unlessSince: null });
    account.session();
    account.forward(31 * 24 * hour);
    expect(told(account, asking)).toEqual({ how: 'soon', unlessSince: null });
  });

  test('not at all, where it is one more session or one more event', () => {
    const account = new AnAccount(start, roomy);
    const id = started(account);
    expect(told(account, asking)).toEqual(untold);
    expect(told(account, using(id, 0.01))).toEqual(untold);
    expect(untold).toEqual({ how: 'not', unlessSince: null });
  });

  test('at once, where a threshold is crossed', () => {
    const account = new AnAccount(start, roomy);
    for (let session = 0; session < 6; session += 1) account.forward(hour).session();
    expect(told(account.forward(hour), asking)).toEqual({ how: 'at_once', unlessSince: null });
  });

  test('at once, where a person or billing said something', () => {
    const account = new AnAccount(start, roomy);
    account.session();
    const upgraded = (state: AccountState, context: DecisionContext) =>
      issueCommand(bringUpToDate(state, context), {
        kind: 'upgrade',
        plan: 'Pro',
        occurredAt: context.now,
        key: 'key',
        by: 'billing',
        note: '',
        at: context.now,
      });
    expect(told(account, upgraded)).toEqual({ how: 'at_once', unlessSince: null });
  });
});

describe('the end of a session is told at a pace', () => {
  test('unless something was told since it was admitted, where it leaves the bar as it was', () => {
    const account = new AnAccount(start, roomy);
    const first = started(account);
    const second = started(account);
    account.use(first, 0.01);
    account.use(second, 0.01);
    expect(told(account, ending(first))).toEqual({
      how: 'paced',
      unlessSince: versionOfAdmission(account, first),
    });
    expect(versionOfAdmission(account, first)).toBe(1);
  });

  test('in any case, where it is given back', () => {
    const account = new AnAccount(start, roomy);
    const unused = started(account);
    expect(told(account, ending(unused))).toEqual({ how: 'paced', unlessSince: null });
  });

  test('in any case, where dollars have moved the bar further than sessions', () => {
    const account = new AnAccount(start, roomy);
    const id = started(account);
    account.use(id, 0.19);
    expect(told(account, ending(id))).toEqual({ how: 'paced', unlessSince: null });
  });

  test('once, whatever is decided of an ended session later', () => {
    const account = new AnAccount(start, roomy);
    const id = started(account);
    account.use(id, 0.01);
    account.end(id);
    expect(told(account, ending(id))).toEqual(untold);
    expect(told(account, asking)).toEqual(untold);
  });

  test('for several that ran out together, from the newest admission on, and only where all leave the bar', () => {
    const account = new AnAccount(start, roomy);
    const first = started(account);
    account.forward(minute);
    const second = started(account);
    account.use(first, 0.01);
    account.use(second, 0.01);
    account.forward(5 * hour);
    const settled = (state: AccountState, context: DecisionContext) => bringUpToDate(state, context);
    expect(told(account, settled)).toEqual({
      how: 'paced',
      unlessSince: versionOfAdmission(account, second),
    });
    const third = started(account);
    account.use(third, 0.01);
    started(account);
    account.forward(5 * hour);
    expect(told(account, settled)).toEqual({ how: 'paced', unlessSince: null });
  });
});

test('a live app is told of ends every ten minutes, a sandbox every second', () => {
  expect(sessionEndsToldEvery).toEqual({ live: 600_000, sandbox: 1_000 });
});

describe('two decisions of one commit', () => {
  const telling = (how: Telling['how'], unlessSince: number | null = null): Telling => ({ how, unlessSince });

  test.each([
    ['not', 'soon', 'soon'],
    ['soon', 'paced', 'paced'],
    ['paced', 'at_once', 'at_once'],
    ['not', 'at_once', 'at_once'],
  ] as const)('%s and %s are told %s, in either order', (one, other, both) => {
    expect(together(telling(one, 3), telling(other, 4))).toEqual(telling(both, 4));
    expect(together(telling(other, 4), telling(one, 3))).toEqual(telling(both, 4));
  });

  test('of one kind need no telling only where something was told since the later', () => {
    expect(together(telling('paced', 3), telling('paced', 7))).toEqual(telling('paced', 7));
    expect(together(telling('paced', 7), telling('paced', 3))).toEqual(telling('paced', 7));
  });

  test('are told in any case where one of them is', () => {
    expect(together(telling('paced', 3), telling('paced'))).toEqual(telling('paced'));
    expect(together(telling('paced'), telling('paced', 3))).toEqual(telling('paced'));
  });
});

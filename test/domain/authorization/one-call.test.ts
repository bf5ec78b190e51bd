import { describe, expect, test } from 'vitest';
import { issueCommand } from '../../../domain/account/issue-command.ts';
import { reservedOf } from '../../../domain/account/reservations.ts';
import { authorizationId, reviewId, sessionId } from '../../../domain/ids.ts';
import { minute } from '../../../domain/instant.ts';
import { AnAccount } from '../an-account.ts';
import { admitted, granted, sessionNamed, worst } from './asking.ts';

describe('an authorization', () => {
  test('reserves the worst price of its call inside the hold, and moves no money', () => {
    const account = new AnAccount();
    const id = admitted(account);
    const { reserved, outputTokens } = granted(account.authorize(id));
    expect({ reserved, outputTokens }).toEqual({ reserved: worst, outputTokens: 1_000 });
    expect(account.period()).toMatchObject({ held: 200_000, spent: 0 });
  });

  test('gives as many output tokens as fit, and none beside the reservations of other calls', () => {
    const account = new AnAccount();
    const id = admitted(account);
    const first = granted(account.authorize(id, { inputTokens: 0, maxOutputTokens: 10_000_000 }));
    // 200,000 micro-dollars at 15 a token.
    expect(first.outputTokens).toBe(13_333);
    expect(account.authorize(id)).toMatchObject({
      outcome: 'refused',
      refusal: { limitedBy: 'session', resetsAt: null },
    });
  });

  test('asked for twice is one, and another call under its id is a mistake', () => {
    const account = new AnAccount();
    const id = admitted(account);
    const request = { id: authorizationId('a'), fingerprint: 'x' };
    const first = granted(account.authorize(id, request));
    const again = account.authorize(id, request);
    expect(again).toMatchObject({ outcome: 'granted', isRepeat: true, authorization: first });
    expect(reservedOf(account.state, sessionId(id))).toBe(worst);
    expect(account.authorize(id, { ...request, fingerprint: 'y' })).toEqual({ outcome: 'id_reused' });
  });

  test('settled by its usage gives back to the session what the call did not use', () => {
    const account = new AnAccount();
    const id = admitted(account);
    const { id: authorization } = granted(account.authorize(id));
    expect(account.use(id, 0.01, { authorizationId: authorization })).toMatchObject({
      authorization: 'settled',
      overshoot: 0,
    });
    expect(sessionNamed(account, id)).toMatchObject({ held: 190_000, spent: 10_000, overshoot: 0 });
    expect(reservedOf(account.state, sessionId(id))).toBe(0);
    expect(account.use(id, 0.01, { authorizationId: authorization })).toMatchObject({
      authorization: 'used',
    });
  });

  test('is not eaten by calls without one: what they take beyond the rest of the hold is overshoot', () => {
    const account = new AnAccount();
    const id = admitted(account);
    const { id: authorization, reserved } = granted(
      account.authorize(id, { inputTokens: 0, maxOutputTokens: 12_000 }),
    );
    expect(account.use(id, 0.05)).toMatchObject({ overshoot: 50_000 - (200_000 - reserved) });
    expect(account.use(id, reserved / 1_000_000, { authorizationId: authorization })).toMatchObject({
      overshoot: 0,
    });
  });

  test('that reserves all that is left stops calls without one, until it is settled for less', () => {
    const account = new AnAccount();
    const id = admitted(account);
    const { id: authorization } = granted(
      account.authorize(id, { inputTokens: 0, maxOutputTokens: 10_000_000 }),
    );
    expect(account.use(id, 0.001)).toMatchObject({ continue: false, limitedBy: 'session' });
    expect(account.use(id, 0.05, { authorizationId: authorization })).toMatchObject({ continue: true });
  });

  test('outlives the end of its session, which keeps what it reserves and nothing else', () => {
    const account = new AnAccount();
    const id = admitted(account);
    const { id: authorization } = granted(account.authorize(id));
    account.end(id);
    expect(sessionNamed(account, id).held).toBe(worst);
    expect(account.period()).toMatchObject({ held: worst, sessionsUsed: 1 });
    expect(account.use(id, 0.01, { authorizationId: authorization })).toMatchObject({ overshoot: 0 });
    expect(sessionNamed(account, id)).toMatchObject({ held: 0, spent: 10_000, overshoot: 0 });
    expect(account.period()).toMatchObject({ held: 0, spent: 10_000 });
  });

  test('of a session that ended unused expires by itself; then the session is given back', () => {
    const account = new AnAccount();
    const untouched = account.period();
    const id = admitted(account);
    account.authorize(id);
    account.end(id);
    expect(account.forward(30 * minute - 1).period()).toMatchObject({ held: worst, sessionsUsed: 1 });
    expect(account.forward(1).period()).toEqual(untouched);
  });

  test('keeps its session alive, expires at the idle timeout, and is worth nothing afterwards', () => {
    const account = new AnAccount();
    const id = admitted(account);
    account.forward(20 * minute);
    const { id: authorization } = granted(account.authorize(id));
    account.forward(20 * minute).period();
    account.use(id, 0.01);
    account.forward(15 * minute);
    expect(account.use(id, 0.01, { authorizationId: authorization })).toMatchObject({
      authorization: 'expired',
      overshoot: 0,
      continue: true,
    });
  });

  test('that nobody made is answered as unknown, and the usage is counted', () => {
    const account = new AnAccount();
    const id = admitted(account);
    const answer = account.use(id, 0.01, { authorizationId: authorizationId('never') });
    expect(answer).toMatchObject({ authorization: 'unknown', continue: true });
    expect(account.added.usageEvents).toMatchObject([{ cost: 10_000, authorizationId: null }]);
  });

  test('is refused for a session that has ended, and where a person must look first', () => {
    const account = new AnAccount();
    const ended = admitted(account);
    account.end(ended);
    expect(account.authorize(ended)).toEqual({ outcome: 'session_ended' });
    const id = admitted(account);
    account.state = issueCommand(account.state, {
      key: 'flag',
      kind: 'flag',
      reviewId: reviewId('rev'),
      by: 'risk rule',
      note: '',
      at: account.now,
    });
    expect(account.authorize(id)).toMatchObject({
      outcome: 'refused',
      refusal: { limitedBy: 'review', resetsAt: null },
    });
  });
});

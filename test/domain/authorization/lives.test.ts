import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reservedOf } from '../../../domain/account/reservations.ts';
import { hour } from '../../../domain/instant.ts';
import { live, lives } from './lives.ts';

test('where every call is authorized nothing is overshot, however many run at once and whatever ends meanwhile', () =>
  fc.assert(
    fc.property(lives, (happenings) => {
      live(happenings, (account) => {
        for (const { overshoot, spent, cap } of account.state.sessions) {
          expect(overshoot).toBe(0);
          expect(spent).toBeLessThanOrEqual(cap);
        }
      });
    }),
    { numRuns: 300 },
  ));

test('what open authorizations reserve is always held: all of it by ended sessions, part of it by running ones', () =>
  fc.assert(
    fc.property(lives, (happenings) => {
      live(happenings, (account) => {
        for (const { id, held, endedAt } of account.state.sessions) {
          const reserved = reservedOf(account.state, id);
          if (endedAt === null) expect(held).toBeGreaterThanOrEqual(reserved);
          else expect(held).toBe(reserved);
        }
        for (const { number, held } of account.state.periods) {
          const sum = account.state.sessions
            .filter(({ period }) => period === number)
            .reduce((total, one) => total + one.held, 0);
          expect(held).toBe(sum);
        }
      });
    }),
    { numRuns: 300 },
  ));

test('sessions and calls that are never heard of again return exactly what they held', () =>
  fc.assert(
    fc.property(lives, (happenings) => {
      const account = live(happenings, () => {}).forward(2 * hour);
      account.ask();
      account.forward(2 * hour);
      account.ask();
      for (const { number, held } of account.state.periods) {
        const running = account.running().filter(({ period }) => period === number);
        expect(held).toBe(running.reduce((sum, { cap }) => sum + cap, 0));
      }
      expect(account.state.authorizations.filter(({ closedAt }) => closedAt === null)).toEqual([]);
    }),
    { numRuns: 200 },
  ));

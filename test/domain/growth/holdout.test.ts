import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { armOf } from '../../../domain/growth/arm.ts';
import { appId, userId } from '../../../domain/ids.ts';
import { hour } from '../../../domain/instant.ts';
import { userView } from '../../../domain/usage-view.ts';
import { referencePolicy } from '../../../domain/policy/reference.ts';
import type { PolicyDocument } from '../../../domain/policy/document.ts';
import { at } from '../an-account.ts';
import { ALife } from '../life/a-life.ts';

const user = (name: string) => ({ appId: appId('shop'), userId: userId(name) });
const share = (percent: number) => ({ holdout: percent });

describe('the share of users who are held out', () => {
  test('is about what the policy says, and nobody where it says nothing', () => {
    const users = Array.from({ length: 20_000 }, (_, n) => user(`u_${n}`));
    const heldOut = users.filter((one) => armOf(one, share(10)) === 'holdout').length;
    expect(heldOut / users.length).toBeGreaterThan(0.09);
    expect(heldOut / users.length).toBeLessThan(0.11);
    expect(users.every((one) => armOf(one, share(0)) === null)).toBe(true);
    expect(users.every((one) => armOf(one, share(100)) === 'holdout')).toBe(true);
  });

  test('may grow: whoever was held out stays so', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat(100), fc.nat(100), (name, one, other) => {
        const [less, more] = one < other ? [one, other] : [other, one];
        if (armOf(user(name), share(less)) !== 'holdout') return;
        expect(armOf(user(name), share(more))).toBe('holdout');
      }),
    );
  });
});

const policyHoldingOut = (holdout: number): PolicyDocument => {
  const free = referencePolicy.plans['free'] as PolicyDocument['plans'][string];
  return {
    ...referencePolicy,
    plans: {
      free: { ...free, sessions: { per_day: null, per_month: 10, concurrent: 2, idle_timeout: 'PT30M' } },
    },
    growth: { holdout },
  };
};

const stages = (life: ALife) => userView(life.state, life.context(), { kind: 'standing' }).stage;

function lives(holdout: number) {
  const life = new ALife(at('2026-11-01T10:00:00Z'), policyHoldingOut(holdout));
  const seen: string[] = [];
  for (let asked = 0; asked < 11; asked += 1) {
    const answer = life.ask();
    if (answer.outcome === 'confirm') {
      seen.push('asked to confirm');
      life.ask(true);
    }
    for (const { id } of life.running()) {
      life.use(id, 0.01);
      life.end(id);
    }
    life.forward(hour).settle();
    seen.push(stages(life));
  }
  return { life, seen: [...new Set(seen)] };
}

describe('who is held out', () => {
  test('meets the plain wall: no step is shown and nothing is to be confirmed until all is used up', () => {
    const { life, seen } = lives(100);
    expect(seen).toEqual(['clear', 'cutoff']);
    expect(life.inbox).toEqual([]);
    expect(life.decisions()).toEqual(['70 withheld', '85 withheld', '95 withheld', '100 withheld']);
  });

  test('is told of the reset as everybody is', () => {
    const { life } = lives(100);
    life.live(at('2026-12-02T00:00:00Z'));
    expect(life.notices()).toEqual(['reset-2']);
  });

  test('uses as much as who is not: both arms have the same limits', () => {
    const [heldOut, onLadder] = [lives(100), lives(0)];
    expect(heldOut.life.period()).toMatchObject({
      sessionsUsed: onLadder.life.period().sessionsUsed,
      spent: onLadder.life.period().spent,
    });
    expect(onLadder.seen).toEqual(['clear', 'indicator', 'nudge', 'asked to confirm', 'cutoff']);
  });
});

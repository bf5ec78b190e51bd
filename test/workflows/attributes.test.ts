import { expect, test } from 'vitest';
import { instant } from '../../domain/instant.ts';
import { microUsd, noMoney } from '../../domain/money.ts';
import type { PeriodTotals } from '../../domain/totals.ts';
import { percentListed } from '../../workflows/attributes.ts';

const period = (percent: number, steps: readonly number[]): PeriodTotals => ({
  number: 1,
  startsAt: instant(0),
  endsAt: instant(1),
  timeZone: 'UTC',
  plan: 'free',
  sessionsUsed: percent / 10,
  sessionsLimit: 10,
  spent: noMoney,
  held: noMoney,
  visibleBudget: microUsd(1),
  hardBudget: microUsd(1),
  overshoot: noMoney,
  percent,
  crossings: steps.map((threshold) => ({
    threshold,
    dimension: 'sessions',
    at: instant(0),
    decided: 'delivered',
  })),
});

test.each([
  ['nothing is shown yet', null, 10, [], 10],
  ['no step was reached since', 10, 60, [], 10],
  ['a step is reached', 10, 70, [70], 70],
  ['a step was reached and the next was not', 70, 80, [70], 70],
  ['two steps are jumped over', 10, 96, [70, 85, 95], 96],
  ['the whole is used', 90, 100, [70, 85, 95, 100], 100],
  ['a grant makes it less', 100, 66, [70, 85, 95, 100], 66],
  ['a new period begins', 100, 0, [], 0],
])('lists show a percent that moves with the steps of the ladder: %s', (_what, shown, now, steps, listed) => {
  expect(percentListed(shown, period(now, steps))).toBe(listed);
});

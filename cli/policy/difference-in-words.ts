import type { KnobChange } from '../../domain/policy/diff.ts';
import { unitAt } from '../../domain/policy/knob-at.ts';
import { knobInWords } from '../../domain/policy/knob-in-words.ts';
import { counted, instantInWords } from '../words.ts';
import type { Difference } from './difference.ts';

const change = ({ path, from, to }: KnobChange): string =>
  `  ${path.join('.')}: ${knobInWords(from, path)} → ${knobInWords(to, path)}`;

const lives = (accounts: number): string => (accounts === 1 ? 'lives' : 'live');

/** "plan trial is dropped: 2 accounts live on it …": one line, not one for each of its knobs. */
function plansThatComeAndGo({ dropped, added, accounts, accountsAfter, to }: Difference): string[] {
  const gone = dropped.map((plan) => {
    const many = accounts.get(plan) ?? 0;
    const then = many === 0 ? '' : `, from the next period on the default plan ${to.defaultPlan}`;
    return `  plan ${plan} is dropped: ${counted(many, 'account')} ${lives(many)} on it${then}`;
  });
  const come = added.map((plan) => {
    const many = accountsAfter.get(plan) ?? 0;
    return `  plan ${plan} is new: ${many === 0 ? 'no account lives on it yet' : `${counted(many, 'account')} ${lives(many)} on it from the next period`}`;
  });
  return [...gone, ...come];
}

function onWhichPlans({ accounts, fromDefault }: Difference): string[] {
  if (accounts.size === 0) return ['  nobody yet: the app has no account'];
  return [...accounts].map(
    ([plan, many]) =>
      `  ${counted(many, 'account')} ${lives(many)} on the plan ${plan}${plan === fromDefault ? ' (the default)' : ''}`,
  );
}

function whoseLimits({ running, withNow }: Difference): string[] {
  const keeping = running.map(
    ({ version, plan, periods, lastEndsAt }) =>
      `  ${counted(periods, 'running period')} on the plan ${plan} of ${version} ${periods === 1 ? 'keeps its limits' : 'keep their limits'}, the last until ${instantInWords(lastEndsAt)}`,
  );
  const stopped = `${counted(withNow.stopped, 'account')} would be at 100 % at once`;
  const freed = `${counted(withNow.freed, 'account')} would be so no longer`;
  const kept = `${counted(withNow.kept, 'running period')} on dropped plans ${withNow.kept === 1 ? 'keeps its limits until it ends' : 'keep their limits until they end'}`;
  return [
    ...keeping,
    `  with --now: ${stopped}, ${freed}`,
    ...(withNow.kept === 0 ? [] : [`  with --now: ${kept}`]),
  ];
}

export const differenceInWords = (difference: Difference): string[] => [
  ...plansThatComeAndGo(difference),
  ...difference.changes.map(change),
  'For whom:',
  ...onWhichPlans(difference),
  ...whoseLimits(difference),
];

const byPlan = (accounts: ReadonlyMap<string, number>) =>
  [...accounts].map(([plan, many]) => ({ plan, accounts: many }));

/** For programs. A knob that one of the policies lacks has no `from` or no `to`. */
export const differenceForPrograms = (difference: Difference) => ({
  app: difference.app.appId,
  from_version: difference.app.policyVersion,
  to_version: difference.to.version,
  changes: difference.changes.map(({ path, from, to }) => ({
    path: path.join('.'),
    unit: unitAt(path),
    from,
    to,
  })),
  dropped_plans: difference.dropped.map((plan) => ({ plan, accounts: difference.accounts.get(plan) ?? 0 })),
  added_plans: difference.added.map((plan) => ({
    plan,
    accounts: difference.accountsAfter.get(plan) ?? 0,
  })),
  accounts: byPlan(difference.accounts),
  running_periods: difference.running.map(({ version, plan, periods, lastEndsAt }) => ({
    version,
    plan,
    periods,
    last_ends_at: instantInWords(lastEndsAt),
  })),
  with_now: difference.withNow,
});

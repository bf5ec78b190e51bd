import { existsSync } from 'node:fs';
import { Command } from 'commander';
import type { ParsedPolicy } from '../../domain/policy/document.ts';
import { type KnobChange, policyDiff } from '../../domain/policy/diff.ts';
import { reachOf } from '../../domain/policy/reach.ts';
import { termsOfPolicy } from '../../domain/policy/terms.ts';
import type { App } from '../../ledger/apps.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { type AccountsOnPlan, accountsByPlan, runningUse } from '../../ledger/policy-reach.ts';
import { type RunningPeriods, runningPeriods } from '../../ledger/policy-versions.ts';
import { type AppOptions, appOf, withAppOption, withLedger } from '../database.ts';
import { counted, instantInWords } from '../words.ts';
import { policyOfVersion } from './of-version.ts';
import { policyOfFile } from './read-file.ts';

type Options = AppOptions & { readonly json?: boolean };

type Difference = {
  readonly changes: readonly KnobChange[];
  readonly accounts: readonly AccountsOnPlan[];
  readonly running: readonly RunningPeriods[];
  readonly reach: ReturnType<typeof reachOf>;
};

const isVersion = (named: string): boolean => /^pol_[0-9a-f]{16}$/.test(named) && !existsSync(named);

async function differenceOf(ledger: Ledger, app: App, to: ParsedPolicy): Promise<Difference> {
  const from = await policyOfVersion(ledger, app, app.policyVersion);
  const [accounts, running, uses] = await Promise.all([
    accountsByPlan(ledger.pool, app.appId),
    runningPeriods(ledger.pool, app.appId),
    runningUse(ledger.pool, app.appId),
  ]);
  // A running period is measured by the version it was opened with, not by the one in force.
  await ledger.policies.fetch([...new Set(uses.map(({ version }) => version))]);
  return {
    changes: policyDiff(from, to),
    accounts,
    running,
    reach: reachOf(uses, ledger.policies.read, termsOfPolicy(to)),
  };
}

const change = ({ path, from, to }: KnobChange): string =>
  `  ${path}: ${from ?? 'not there'} → ${to ?? 'not there'}`;

function forWhom({ accounts, running, reach }: Difference): string[] {
  const onPlans = accounts.map(
    ({ plan, accounts: many }) =>
      `  ${counted(many, 'account')} on ${plan === null ? 'the default plan' : `the plan ${plan}`}`,
  );
  const keeping = running.map(
    ({ version, plan, periods, lastEndsAt }) =>
      `  ${counted(periods, 'running period')} on ${plan} of ${version} would be kept, the last until ${instantInWords(lastEndsAt)}`,
  );
  return [
    ...(onPlans.length === 0 ? ['  nobody yet: the app has no account'] : onPlans),
    ...keeping,
    `  with --now: ${counted(reach.stopped, 'account')} would be at 100 % at once, ${counted(reach.freed, 'account')} no longer`,
    ...(reach.withoutPlan === 0
      ? []
      : [
          `  ${counted(reach.withoutPlan, 'account')} run a plan that goes: they keep it to the period's end, then live on the default plan`,
        ]),
  ];
}

async function diff(named: string, options: Options): Promise<void> {
  await withLedger(options, async (ledger) => {
    const app = await appOf(ledger, options);
    const to = isVersion(named) ? await policyOfVersion(ledger, app, named) : policyOfFile(named);
    const difference = await differenceOf(ledger, app, to);
    if (options.json === true) {
      console.log(JSON.stringify(difference, null, 2));
    } else if (difference.changes.length === 0) {
      console.log(`${named} says what is in force for the app ${app.appId}; nothing changes.`);
    } else {
      console.log(
        [
          `What ${named} changes for the app ${app.appId}:`,
          ...difference.changes.map(change),
          'For whom:',
          ...forWhom(difference),
        ].join('\n'),
      );
    }
  });
}

export const diffCommand = (): Command =>
  withAppOption(new Command('diff'))
    .description('Says what a policy would change, knob by knob, and for whom.')
    .argument('<file-or-version>', 'a policy file, or a version such as pol_0123456789abcdef')
    .option('--json', 'as JSON, for programs')
    .addHelpText(
      'after',
      '\nExamples:\n  stipend policy diff policy.yaml --app my-app\n  stipend policy diff pol_0123456789abcdef --json',
    )
    .action(diff);

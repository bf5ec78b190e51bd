import { Command } from 'commander';
import { stringify } from 'yaml';
import type { ParsedPolicy } from '../../domain/policy/document.ts';
import type { App } from '../../ledger/apps.ts';
import {
  type Activation,
  type RunningPeriods,
  lastActivation,
  runningPeriods,
} from '../../ledger/policy-versions.ts';
import { type AppOptions, appOf, withAppOption, withLedger } from '../database.ts';
import { commented, counted, instantInWords } from '../words.ts';
import { policyOfVersion } from './of-version.ts';

type Options = AppOptions & { readonly version?: string; readonly json?: boolean };

type Shown = {
  readonly app: App;
  readonly version: string;
  readonly policy: ParsedPolicy;
  readonly activation: Activation | null;
  readonly running: readonly RunningPeriods[];
};

function headOf({ app, version, activation, running }: Shown): string[] {
  const inForce = version === app.policyVersion;
  const since =
    activation === null ? '' : ` since ${instantInWords(activation.at)}, put there by ${activation.actor}`;
  return [
    inForce
      ? `Policy ${version} of the app ${app.appId}: in force${since}.`
      : `Policy ${version} of the app ${app.appId}: not in force; that is ${app.policyVersion}.`,
    running.length === 0 ? 'No period is running.' : 'Running periods:',
    ...running.map(
      ({ version: under, plan, periods, lastEndsAt }) =>
        `  ${counted(periods, 'period')} on the plan ${plan} of ${under}${under === app.policyVersion ? ' (in force)' : ''}, the last until ${instantInWords(lastEndsAt)}`,
    ),
  ];
}

const asJson = ({ app, version, policy, activation, running }: Shown): string =>
  JSON.stringify(
    {
      app: app.appId,
      version,
      in_force: version === app.policyVersion,
      in_force_since: activation === null ? null : instantInWords(activation.at),
      activated_by: activation?.actor ?? null,
      running_periods: running.map((each) => ({
        version: each.version,
        plan: each.plan,
        periods: each.periods,
        last_ends_at: instantInWords(each.lastEndsAt),
      })),
      policy,
    },
    null,
    2,
  );

async function show(options: Options): Promise<void> {
  await withLedger(options, async (ledger) => {
    const app = await appOf(ledger, options);
    const version = options.version ?? app.policyVersion;
    const shown: Shown = {
      app,
      version,
      policy: await policyOfVersion(ledger, app, version),
      activation: version === app.policyVersion ? await lastActivation(ledger.pool, app.appId) : null,
      running: await runningPeriods(ledger.pool, app.appId),
    };
    console.log(
      options.json === true
        ? asJson(shown)
        : `${commented(headOf(shown))}\n${stringify(shown.policy).trimEnd()}`,
    );
  });
}

export const showCommand = (): Command =>
  withAppOption(new Command('show'))
    .description(
      'Shows the policy in force as YAML, since when, and which versions running periods live under.',
    )
    .option('--version <version>', 'a version other than the one in force')
    .option('--json', 'as JSON, for programs')
    .addHelpText(
      'after',
      '\nExamples:\n  stipend policy show\n  stipend policy show --app my-app > policy.yaml\n  stipend policy show --version pol_0123456789abcdef --json',
    )
    .action(show);

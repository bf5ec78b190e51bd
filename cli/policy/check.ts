import { Command } from 'commander';
import { instant } from '../../domain/instant.ts';
import type { Finding } from '../../domain/policy/finding.ts';
import { policyFindings } from '../../domain/policy/findings.ts';
import { typicalCosts } from '../../ledger/typical-cost.ts';
import { type AppOptions, appOf, withAppOption, withLedger } from '../database.ts';
import { policyOfFile } from './read-file.ts';

const line = ({ kind, path, text }: Finding): string => `${kind}: ${path}: ${text}`;

async function check(file: string, options: AppOptions): Promise<void> {
  const policy = policyOfFile(file);
  // Without an app nothing is asked of a database: a file can be checked anywhere.
  const costs =
    options.app === undefined
      ? null
      : await withLedger(options, async (ledger) =>
          typicalCosts(ledger.pool, (await appOf(ledger, options)).appId),
        );
  console.log(`${file} is a valid policy.`);
  for (const finding of policyFindings(policy, costs, instant(Date.now()))) console.log(line(finding));
}

export const checkCommand = (): Command =>
  withAppOption(new Command('check'))
    .description(
      'Checks a policy file: errors name path, value and fix; then which dimension binds, for whom, and warnings.',
    )
    .argument('<file>', 'the policy file')
    .addHelpText(
      'after',
      '\nWith --app, what the app’s sessions of each plan cost in the last 30 days is taken into account.\n\nExamples:\n  stipend policy check examples/policy.yaml\n  stipend policy check policy.yaml --app my-app',
    )
    .action(check);

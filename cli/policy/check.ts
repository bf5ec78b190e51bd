import { Command } from 'commander';
import { type Finding, policyFindings } from '../../domain/policy/findings.ts';
import { termsOfPolicy } from '../../domain/policy/terms.ts';
import { typicalCost } from '../../ledger/typical-cost.ts';
import { type AppOptions, appOf, withAppOption, withLedger } from '../database.ts';
import { policyOfFile } from './read-file.ts';

const line = ({ kind, path, text }: Finding): string => `${kind}: ${path}: ${text}`;

async function check(file: string, options: AppOptions): Promise<void> {
  const policy = policyOfFile(file);
  // Without an app nothing is asked of a database: a file can be checked anywhere.
  const typical =
    options.app === undefined
      ? null
      : await withLedger(options, async (ledger) =>
          typicalCost(ledger.pool, (await appOf(ledger, options)).appId),
        );
  console.log(`${file} is a valid policy.`);
  for (const finding of policyFindings(termsOfPolicy(policy), typical)) console.log(line(finding));
  if (options.app !== undefined && typical === null) {
    console.log('note: no session of the app ended in the last 30 days, so no typical cost is known');
  }
}

export const checkCommand = (): Command =>
  withAppOption(new Command('check'))
    .description(
      'Checks a policy file: errors name path, value and fix; then which dimension binds, for whom, and warnings.',
    )
    .argument('<file>', 'the policy file')
    .addHelpText(
      'after',
      '\nWith --app the cost that the app’s sessions had in the last 30 days is taken into account.\n\nExamples:\n  stipend policy check examples/policy.yaml\n  stipend policy check policy.yaml --app my-app',
    )
    .action(check);

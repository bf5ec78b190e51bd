import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { type AppOptions, appOf, withAppOption, withLedger } from '../database.ts';
import { differenceForPrograms, differenceInWords } from './difference-in-words.ts';
import { differenceOf } from './difference.ts';
import { policyOfVersion } from './of-version.ts';
import { policyOfFile } from './read-file.ts';

type Options = AppOptions & { readonly json?: boolean };

const isVersion = (named: string): boolean => /^pol_[0-9a-z]*$/i.test(named) && !existsSync(named);

async function diff(named: string, options: Options): Promise<void> {
  await withLedger(options, async (ledger) => {
    const app = await appOf(ledger, options);
    const to = isVersion(named) ? await policyOfVersion(ledger, app, named) : policyOfFile(named);
    const difference = await differenceOf(ledger, app, to);
    const changes = [...difference.changes, ...difference.dropped, ...difference.added].length;
    if (options.json === true) {
      console.log(JSON.stringify(differenceForPrograms(difference), null, 2));
    } else if (changes === 0) {
      console.log(`${named} says what is in force for the app ${app.appId}; nothing changes.`);
    } else {
      console.log(`What ${named} changes for the app ${app.appId}:`);
      console.log(differenceInWords(difference).join('\n'));
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

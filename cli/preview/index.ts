import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { isPrintableId } from '../../domain/ids.ts';
import { type PolicyTerms, termsFor, termsOfPolicy } from '../../domain/policy/terms.ts';
import { type AppOptions, appOf, withAppOption, withLedger } from '../database.ts';
import { Fault } from '../fault.ts';
import { policyOfFile } from '../policy/read-file.ts';
import { previewPage } from './page.ts';

type Options = AppOptions & { readonly policy?: string; readonly user: string; readonly out: string };

type Shown = { readonly app: { readonly id: string; readonly name: string }; readonly policy: PolicyTerms };

async function shownBy(options: Options): Promise<Shown> {
  if (options.policy !== undefined) {
    const policy = termsOfPolicy(policyOfFile(options.policy));
    return { app: { id: options.app ?? 'sample', name: options.app ?? 'Example' }, policy };
  }
  return withLedger(options, async (ledger) => {
    const app = await appOf(ledger, options);
    const { policies } = ledger;
    await policies.fetch([app.policyVersion]);
    return { app: { id: app.appId, name: app.name }, policy: policies.read(app.policyVersion) };
  });
}

async function preview(options: Options): Promise<void> {
  if (!isPrintableId(options.user))
    throw new Fault('--user is not an id; write 1 to 128 printable characters.');
  const { app, policy } = await shownBy(options);
  const page = previewPage({ app, user: options.user, plan: termsFor(policy, null) });
  try {
    writeFileSync(options.out, page);
  } catch {
    throw new Fault(`--out ${options.out} cannot be written; name a file in a folder that is there.`);
  }
  console.log(
    `Wrote ${options.out}: every notice of the plan ${policy.defaultPlan}, by channel and language.`,
  );
}

export const previewCommand = (): Command =>
  withAppOption(new Command('preview'))
    .description('Shows what users are told: every notice in every channel and language, as one HTML page.')
    .option('--policy <file>', 'the plan and words of this policy file; no database is asked')
    .option('--user <id>', 'the id of the sample user', 'ada')
    .option('--out <file>', 'where the page is written', 'preview.html')
    .addHelpText(
      'after',
      '\nExamples:\n  stipend preview --policy examples/policy.yaml\n  stipend preview --app my-app --out /tmp/preview.html',
    )
    .action(preview);

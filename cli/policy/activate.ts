import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { activatePolicy } from '../../ledger/activate-policy.ts';
import { versionOf } from '../../ledger/policies.ts';
import { runningPeriods } from '../../ledger/policy-versions.ts';
import { type AppOptions, appOf, withAppOption, withLedger } from '../database.ts';
import { Fault } from '../fault.ts';
import { operator } from '../operator.ts';
import { counted } from '../words.ts';
import { movedPeriodsTold } from './moved-periods-told.ts';
import { policyOfFile } from './read-file.ts';

type Options = AppOptions & { readonly now?: boolean; readonly yes?: boolean };

/** @throws Fault where nobody can be asked, or they say no. */
async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new Fault(`${question} Repeat the command with --yes to do it.`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`${question} [y/N] `);
  lines.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Fault('Nothing was changed.');
}

async function activate(file: string, options: Options): Promise<void> {
  const policy = policyOfFile(file);
  if (options.app === undefined)
    throw new Fault('Say which app the policy is for with --app: this changes its limits.');
  await withLedger(options, async (ledger) => {
    const app = await appOf(ledger, options);
    const version = versionOf(policy);
    const running = await runningPeriods(ledger.pool, app.appId);
    const others = running
      .filter((each) => each.version !== version)
      .reduce((sum, each) => sum + each.periods, 0);
    if (options.now === true && options.yes !== true) {
      await confirm(
        `This changes the limits of ${counted(others, 'running period')} of ${app.appId} at once.`,
      );
    }
    const done = await activatePolicy(ledger.pool, app.appId, policy, {
      now: options.now === true,
      actor: operator(),
      onProgress: movedPeriodsTold(others, process.stderr, Date.now),
    });
    if (done === null) throw new Fault(`There is no app "${app.appId}" any more.`);
    if (process.stderr.isTTY && done.moved !== null) process.stderr.write('\n');
    console.log(
      done.previous === version
        ? `Policy ${version} was in force for ${app.appId} already.`
        : `Policy ${version} is in force for ${app.appId}; before it was ${done.previous}.`,
    );
    if (done.moved === null) {
      if (others > 0)
        console.log(
          `${counted(others, 'running period')} under other versions: each keeps its limits until it ends.`,
        );
      return;
    }
    console.log(`${counted(done.moved.moved, 'running period')} moved to it.`);
    if (done.moved.kept > 0) {
      console.log(
        `${counted(done.moved.kept, 'running period')} on plans that it dropped: each keeps its limits until it ends.`,
      );
    }
  });
}

export const activateCommand = (): Command =>
  withAppOption(new Command('activate'))
    .description('Puts a policy in force for periods that open from now on.')
    .argument('<file>', 'the policy file')
    .option('--now', 'also move the periods that are running')
    .option('--yes', 'do not ask before --now')
    .addHelpText(
      'after',
      '\nExamples:\n  stipend policy activate policy.yaml --app my-app\n  stipend policy activate policy.yaml --app my-app --now --yes',
    )
    .action(activate);

import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { appId } from '../domain/ids.ts';
import { findApp } from '../ledger/apps.ts';
import { noteAct } from '../ledger/audit.ts';
import type { Ledger } from '../ledger/ledger.ts';
import {
  type Scope,
  countUnmarked,
  markForRebuild,
  newEpoch,
  raiseEpoch,
  unanswered,
} from '../ledger/rebuild.ts';
import { type AppOptions, withDatabaseOption, withLedger } from './database.ts';
import { Fault } from './fault.ts';
import { operator } from './operator.ts';
import { secondsToWait } from './seconds.ts';
import { counted } from './words.ts';

type RebuildOptions = AppOptions & {
  readonly user?: string;
  readonly dryRun: boolean;
  readonly wait: string;
};

async function scopeOf(ledger: Ledger, { app, user }: RebuildOptions): Promise<Scope> {
  if (user !== undefined && app === undefined) throw new Fault('--user needs --app: ids are of one app.');
  if (app !== undefined && (await findApp(ledger.pool, app)) === null)
    throw new Fault(`There is no app "${app}".`);
  return { app: app ?? null, user: user ?? null, asleepToo: false };
}

/** Says every two seconds how many workflows have answered, until all have or the time is over. */
async function waitForAnswers(ledger: Ledger, epoch: number, marked: number, seconds: number): Promise<void> {
  const until = Date.now() + seconds * 1_000;
  for (;;) {
    const { left, setAside, first } = await unanswered(ledger.pool, epoch);
    if (left === 0) {
      console.log(`All ${marked} workflows have taken the ledger's word.`);
      return;
    }
    if (left === setAside || Date.now() >= until) {
      const refused =
        setAside === 0
          ? ''
          : ` Temporal refused ${setAside} of them (column last_error of the table outbox).`;
      throw new Fault(
        `${left} of ${marked} workflows have not answered yet, the first is ${first}.${refused} Is the worker running? It goes on by itself; this only looked.`,
      );
    }
    console.log(`  ${marked - left} of ${marked} have answered`);
    await delay(2_000);
  }
}

async function markAndWait(ledger: Ledger, scope: Scope, epoch: number, seconds: number): Promise<void> {
  const marked = await markForRebuild(ledger.pool, scope, epoch, (sofar) => {
    if (sofar > 0 && sofar % 10_000 === 0) console.log(`  ${sofar} marked`);
  });
  console.log(
    `Marked ${counted(marked, 'account')}; the worker's relay now tells each workflow where its account stands.`,
  );
  if (seconds > 0 && marked > 0) await waitForAnswers(ledger, epoch, marked, seconds);
}

async function rebuild(options: RebuildOptions): Promise<void> {
  const seconds = secondsToWait(options.wait, 600);
  await withLedger(options, async (ledger) => {
    const scope = await scopeOf(ledger, options);
    const epoch = await newEpoch(ledger.pool);
    if (options.dryRun) {
      const accounts = await countUnmarked(ledger.pool, scope, epoch);
      console.log(
        `${counted(accounts, 'account')} would be rebuilt; those that sleep have no workflow to rebuild.`,
      );
      return;
    }
    const { app, user } = scope;
    await noteAct(ledger.pool, {
      app: app === null ? null : appId(app),
      actor: operator(),
      act: 'ledger.rebuild',
      subject: user ?? app ?? 'everything',
      details: {},
    });
    await markAndWait(ledger, scope, epoch, seconds);
  });
}

export const rebuildCommand = (): Command =>
  withDatabaseOption(new Command('rebuild'))
    .description(
      'Rebuilds workflows from the ledger: those that are gone are started, all forget what they knew.',
    )
    .option('--app <app>', 'one app (default: all)')
    .option('--user <user>', 'one user of the app')
    .option('--dry-run', 'only say how many', false)
    .option('--wait <seconds>', 'how long to wait until the workflows have answered', '600')
    .addHelpText(
      'after',
      '\nSafe at any time: nothing is sent twice. Without --app it is every app.\n\nExamples:\n  stipend rebuild --dry-run\n  stipend rebuild --app my-app --user ada',
    )
    .action(rebuild);

async function restored(options: RebuildOptions): Promise<void> {
  const seconds = secondsToWait(options.wait, 600);
  await withLedger(options, async (ledger) => {
    const epoch = await newEpoch(ledger.pool);
    await noteAct(ledger.pool, {
      app: null,
      actor: operator(),
      act: 'ledger.restored',
      subject: 'everything',
      details: {},
    });
    await raiseEpoch(ledger.pool, epoch);
    console.log('From now on every workflow takes the word of the ledger as it was restored.');
    await markAndWait(ledger, { app: null, user: null, asleepToo: true }, epoch, seconds);
  });
}

export const restoredCommand = (): Command =>
  withDatabaseOption(new Command('restored'))
    .description(
      'Says that the database was restored from a backup: workflows forget what the backup does not know.',
    )
    .option('--wait <seconds>', 'how long to wait until the workflows have answered', '600')
    .addHelpText(
      'after',
      '\nRun it once after every restore, before or after the worker is started. A repeat does no harm.\n\nExample:\n  stipend restored',
    )
    .action(restored);

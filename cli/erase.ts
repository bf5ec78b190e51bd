import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { isPrintableId, userId } from '../domain/ids.ts';
import { findErasure, requestErasure } from '../ledger/erasures.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { AccountKey } from '../ledger/totals.ts';
import { type AppOptions, appOf, withAppOption, withLedger } from './database.ts';
import { Fault } from './fault.ts';
import { operator } from './operator.ts';
import { secondsToWait } from './seconds.ts';

type Options = AppOptions & { readonly wait: string };

/** True once the worker has finished, false when that takes longer than was to be waited. */
async function isErasedWithin(ledger: Ledger, account: AccountKey, seconds: number): Promise<boolean> {
  const until = Date.now() + seconds * 1_000;
  for (;;) {
    const erasure = await findErasure(ledger.pool, account);
    if (erasure !== null && erasure.erasedAt !== null) return true;
    if (Date.now() >= until) return false;
    await delay(500);
  }
}

async function erase(name: string, options: Options): Promise<void> {
  const seconds = secondsToWait(options.wait, 60);
  await withLedger(options, async (ledger) => {
    const app = await appOf(ledger, options);
    const unknown = new Fault(`The app ${app.appId} has no user "${name}"; ids are case-sensitive.`);
    if (!isPrintableId(name)) throw unknown;
    const account = { appId: app.appId, userId: userId(name) };
    await requestErasure(ledger.pool, account, operator());
    if ((await findErasure(ledger.pool, account)) === null) throw unknown;
    const isErased = await isErasedWithin(ledger, account, seconds);
    console.log(
      isErased
        ? `${name} is erased: nothing of it is left in Temporal or the ledger but what it used of its period, under a keyed hash, until that ends.`
        : `The erasure of ${name} has begun, and the worker finishes it; this command may be repeated to see how far it is.`,
    );
  });
}

export const eraseCommand = (): Command =>
  withAppOption(new Command('erase'))
    .argument('<user>', "the user's id, as the app sends it")
    .description('Erases a user: the workflow with every run of it, then all the ledger knows.')
    .option('--wait <seconds>', 'how long to wait for the worker to finish', '60')
    .addHelpText('after', '\nExamples:\n  stipend erase ada --app my-app\n  stipend erase ada --wait 0')
    .action(erase);

import { Command } from 'commander';
import { homeFolder, openHome } from './home.ts';
import { readLocalFile } from './local-file.ts';
import { releaseLock, takeLock } from './lock.ts';
import { exitWith } from './plain-error.ts';
import { portVariables, readSettings } from './settings.ts';
import { startStack } from './stack.ts';
import { whatNow, whereItRuns } from './welcome.ts';

const environmentHelp = `
Environment:
  STIPEND_HOME              where data, logs and keys are kept (.stipend)
  DATABASE_URL              a Postgres to use instead of the embedded one
  TEMPORAL_ADDRESS          a Temporal server to use instead of the embedded one
  SMTP_URL, MAIL_FROM       a mail server to send by, and its sender, instead of files in .stipend/mail
  STIPEND_TEMPORAL_BINARY   the Temporal CLI to run as the embedded server
${Object.values(portVariables)
  .map(({ variable, fallback, purpose }) => `  ${variable.padEnd(25)} port of ${purpose} (${fallback})`)
  .join('\n')}

Ctrl-C stops everything in order; what was stored stays for the next start.`;

const say = (line: string): void => console.log(line);

async function start(): Promise<void> {
  const settings = readSettings(process.env);
  const home = openHome(homeFolder(process.env));
  const holder = takeLock(home.lockFile);
  if (holder !== null) {
    const local = readLocalFile(home.localFile);
    say(`Stipend is already running from ${home.folder} (process ${holder.pid}); nothing was changed.`);
    if (local !== null) say(whereItRuns(local, home));
    return;
  }
  const stopRequested = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  try {
    say('Starting Stipend');
    const stack = await startStack(home, settings, say);
    say(`\n${whereItRuns(stack.local, home)}\n${whatNow(stack.local)}`);
    await stopRequested;
    say('\nStopping: api, worker, Temporal, Postgres');
    await stack.stop();
    say('Stopped. The data stays; the next `npm start` goes on from here.');
  } finally {
    releaseLock(home.lockFile);
  }
}

new Command('npm start --')
  .description('Runs Stipend on this machine: Postgres, Temporal with its UI, API and worker.')
  .addHelpText('after', environmentHelp)
  .action(start)
  .parseAsync()
  .then(() => process.exit(0), exitWith);

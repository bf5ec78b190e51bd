import { Command } from 'commander';
import { type DatabaseOptions, localFile, withDatabaseOption, withLedger } from '../database.ts';
import { sentenceOf } from '../fault.ts';
import { secondsToWait } from '../seconds.ts';
import { type Finding, failed } from './finding.ts';
import { examineLedger } from './of-ledger.ts';
import { examineMail } from './of-mail.ts';
import { examineProcess } from './of-processes.ts';
import { examineSecrets, keyFault } from './of-secrets.ts';

type Options = DatabaseOptions & {
  readonly api?: string;
  readonly worker?: string;
  readonly temporal?: string;
  readonly wait: string;
  readonly json?: boolean;
};

const marks = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL' } as const;

const asText = (findings: readonly Finding[]): string =>
  findings
    .map(({ about, level, found, fix }) => {
      const line = `${marks[level]}  ${about}: ${found}`;
      return fix === null ? line : `${line}\n      ${fix}`;
    })
    .join('\n');

/** Of the ledger, of what it keeps, and of what may be sent from it. */
function ofDatabase(options: Options): Promise<readonly Finding[]> {
  const key = keyFault();
  // A key that cannot be read would hide how the ledger is.
  const keys = key === null ? undefined : [];
  return withLedger(
    options,
    async (ledger) => {
      const { findings, isMigrated } = await examineLedger(ledger.pool);
      const rest = isMigrated
        ? [...(key === null ? await examineSecrets(ledger) : [key]), await examineMail(ledger.pool)]
        : [];
      return [...findings, ...rest];
    },
    keys,
  ).catch((error: unknown) => [
    failed('Postgres', sentenceOf(error), 'Start it, or name another with --database-url.'),
    ...(key === null ? [] : [key]),
  ]);
}

async function doctor(options: Options): Promise<void> {
  // Temporal's client takes as long to load as all the rest of `stipend`, and no other command needs it.
  const { examineNode, examineTemporal } = await import('./of-services.ts');
  const within = secondsToWait(options.wait, 3) * 1_000;
  const local = localFile();
  const temporal =
    options.temporal ?? (process.env['TEMPORAL_ADDRESS'] === undefined ? local?.temporal_address : undefined);
  const findings: readonly Finding[] = [
    examineNode(),
    ...(await ofDatabase(options)),
    ...(await examineTemporal(temporal ?? null, within)),
    ...(await examineProcess('api', options.api ?? local?.api_url, within)),
    ...(await examineProcess('worker', options.worker ?? local?.worker_url, within)),
  ];
  console.log(options.json === true ? JSON.stringify({ findings }, null, 2) : asText(findings));
  if (findings.some(({ level }) => level === 'fail')) process.exitCode = 1;
}

export const doctorCommand = (): Command =>
  withDatabaseOption(new Command('doctor'))
    .description('Looks at everything that Stipend needs, and says what mends what is wrong.')
    .option('--api <url>', 'the API to look at (default: that of .stipend/local.json)')
    .option('--worker <url>', "the worker's health address (default: that of .stipend/local.json)")
    .option(
      '--temporal <address>',
      'the Temporal server (default: TEMPORAL_ADDRESS, then .stipend/local.json)',
    )
    .option('--wait <seconds>', 'how long each of these may take to answer', '3')
    .option('--json', 'as JSON, for programs')
    .addHelpText(
      'after',
      '\nExits with 1 where something has to be mended before Stipend works; warnings exit with 0.\n\nExamples:\n  stipend doctor\n  stipend doctor --api http://127.0.0.1:8080 --worker http://127.0.0.1:8081',
    )
    .action(doctor);

import { Command } from 'commander';
import { type DatabaseOptions, localFile, withDatabaseOption, withLedger } from '../database.ts';
import { sentenceOf } from '../fault.ts';
import { type Finding, failed } from './finding.ts';
import { examineLedger } from './of-ledger.ts';
import { examineApi, examineNode, examineTemporal } from './of-services.ts';

type Options = DatabaseOptions & {
  readonly api?: string;
  readonly temporal?: string;
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

const ofDatabase = (options: Options): Promise<readonly Finding[]> =>
  withLedger(options, ({ pool }) => examineLedger(pool)).catch((error: unknown) => [
    failed('Postgres', sentenceOf(error), 'Start it, or name another with --database-url.'),
  ]);

async function doctor(options: Options): Promise<void> {
  const local = localFile();
  const api = options.api ?? local?.api_url;
  const temporal =
    options.temporal ?? (process.env['TEMPORAL_ADDRESS'] === undefined ? local?.temporal_address : undefined);
  const findings: readonly Finding[] = [
    examineNode(),
    ...(await ofDatabase(options)),
    ...(await examineTemporal(temporal ?? null)),
    ...(api === undefined ? [] : [await examineApi(api)]),
  ];
  console.log(options.json === true ? JSON.stringify({ findings }, null, 2) : asText(findings));
  if (findings.some(({ level }) => level === 'fail')) process.exitCode = 1;
}

export const doctorCommand = (): Command =>
  withDatabaseOption(new Command('doctor'))
    .description('Looks at everything that Stipend needs, and says what mends what is wrong.')
    .option('--api <url>', 'the API to look at (default: that of .stipend/local.json)')
    .option(
      '--temporal <address>',
      'the Temporal server (default: TEMPORAL_ADDRESS, then .stipend/local.json)',
    )
    .option('--json', 'as JSON, for programs')
    .addHelpText(
      'after',
      '\nExits with 1 where something has to be mended before Stipend works; warnings exit with 0.\n\nExample:\n  stipend doctor --api http://127.0.0.1:8080',
    )
    .action(doctor);

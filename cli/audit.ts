import { Command } from 'commander';
import { appId } from '../domain/ids.ts';
import { instant } from '../domain/instant.ts';
import { type AuditEntry, listAudit } from '../ledger/audit.ts';
import { type AppOptions, withDatabaseOption, withLedger } from './database.ts';
import { Fault } from './fault.ts';
import { asTable } from './table.ts';
import { instantInWords } from './words.ts';

type Options = AppOptions & {
  readonly actor?: string;
  readonly act?: string;
  readonly subject?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: string;
  readonly json?: boolean;
};

const line = ({ at, app, actor, act, subject, details }: AuditEntry): readonly string[] => [
  instantInWords(instant(at)),
  app ?? '-',
  actor,
  act,
  subject,
  JSON.stringify(details),
];

function timeOf(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new Fault(`${option} "${text}" is no time; write one such as 2026-11-24 or 2026-11-24T10:00:00Z.`);
}

async function audit({ app, actor, act, subject, limit, json, ...options }: Options): Promise<void> {
  const since = timeOf('--since', options.since);
  const until = timeOf('--until', options.until);
  if (!/^\d{1,5}$/.test(limit)) throw new Fault(`--limit "${limit}" is not a number from 0 to 99999.`);
  await withLedger(options, async (ledger) => {
    const entries = await listAudit(ledger.pool, {
      app: app === undefined ? null : appId(app),
      actor: actor ?? null,
      act: act ?? null,
      subject: subject ?? null,
      since,
      until,
      after: null,
      limit: Number(limit),
    });
    if (json === true) for (const entry of entries) console.log(JSON.stringify(entry));
    else console.log(asTable(['AT', 'APP', 'WHO', 'ACT', 'SUBJECT', 'DETAILS'], entries.map(line)));
  });
}

export const auditCommand = (): Command =>
  withDatabaseOption(new Command('audit'))
    .description('What people and administrators did, the newest first.')
    .option('--app <app>', 'of one app (default: all)')
    .option('--actor <actor>', 'of one person, key or command')
    .option('--act <act>', 'an act such as key.issue, or its kind: key')
    .option('--subject <subject>', 'about one user, key, endpoint …')
    .option('--since <time>', 'from then on')
    .option('--until <time>', 'before then')
    .option('--limit <number>', 'how many', '50')
    .option('--json', 'one JSON object a line, for programs')
    .addHelpText(
      'after',
      '\nExamples:\n  stipend audit --act key\n  stipend audit --app my-app --subject ada --json',
    )
    .action(audit);

import { Command } from 'commander';
import { limitNames } from '../domain/allowance/limits.ts';
import { type UserId, isPrintableId, userId } from '../domain/ids.ts';
import { type Instant, instant } from '../domain/instant.ts';
import { answerInWords, checkInWords } from '../domain/story/answer.ts';
import type { Entry } from '../domain/story/entry.ts';
import { type Explanation, explainDecision } from '../domain/story/explanation.ts';
import { standAt } from '../domain/story/replay.ts';
import { contextAt } from '../domain/story/beginning.ts';
import { storyPage } from '../domain/story/story.ts';
import { inWords } from '../domain/story/words.ts';
import { readRecord } from '../ledger/story.ts';
import { type AppOptions, appOf, withAppOption, withLedger } from './database.ts';
import { Fault } from './fault.ts';
import { instantInWords } from './words.ts';

type Options = AppOptions & { readonly at?: string; readonly entries: string; readonly json?: boolean };

type Explained = {
  readonly app: string;
  readonly user: UserId;
  readonly at: Instant;
  readonly explanation: Explanation;
  readonly entries: readonly Entry[];
};

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

function instantOf(text: string): Instant {
  const at = Date.parse(text);
  if (rfc3339.test(text) && Number.isSafeInteger(at)) return instant(at);
  throw new Fault(`--at "${text}" is not a time; write one such as 2026-11-24T10:00:00Z.`);
}

function countOf(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new Fault(`--entries "${text}" is not a number from 0 to 999; write one such as 10.`);
}

const unknown = (user: string, app: string): Fault =>
  new Fault(`The app ${app} has no user "${user}"; ids are case-sensitive, as the app sends them.`);

async function explained(name: string, options: Options): Promise<Explained> {
  return withLedger(options, async (ledger) => {
    const app = await appOf(ledger, options);
    if (!isPrintableId(name)) throw unknown(name, app.appId);
    const user = userId(name);
    const stored = await readRecord(ledger, { appId: app.appId, userId: user });
    if (stored === null) throw unknown(name, app.appId);
    const { record } = stored;
    const at = options.at === undefined ? stored.now : instantOf(options.at);
    const first = Math.min(...record.periods.map(({ startsAt }) => startsAt));
    if (at < first) {
      throw new Fault(
        `The ledger knows nothing of ${name} before ${instantInWords(instant(first))}; ask for a later time.`,
      );
    }
    const context = contextAt(at, stored);
    const passage = { from: null, to: instant(at + 1), period: null, newestFirst: true, after: null };
    const page = storyPage(record, { ...passage, limit: countOf(options.entries) }, stored);
    return {
      app: app.appId,
      user,
      at,
      explanation: explainDecision(standAt(record, { at }, stored), context),
      entries: page.entries.toReversed(),
    };
  });
}

/** Columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

function asText({ user, at, explanation, entries }: Explained): string {
  const checks = explanation.checks.map(checkInWords);
  return [
    answerInWords(user, at, explanation),
    '',
    `Limits (standing ${explanation.standing}):`,
    ...table(checks.map(({ arithmetic, verdict, source }) => [arithmetic, verdict, source])),
    ...(entries.length === 0 ? [] : ['', 'What led there, the newest last:']),
    ...entries.map((entry) => `  ${instantInWords(entry.at)}  ${inWords(entry)}`),
  ].join('\n');
}

const asJson = ({ app, user, at, explanation, entries }: Explained): string =>
  JSON.stringify(
    {
      app,
      user,
      at: instantInWords(at),
      answer: answerInWords(user, at, explanation),
      standing: explanation.standing,
      limited_by: explanation.binding[0]?.limit ?? null,
      violated_policies: limitNames(explanation.binding),
      limits: explanation.checks.map((check) => ({
        check: check.name,
        binds: check.binds,
        ...checkInWords(check),
      })),
      entries: entries.map((entry) => ({
        id: entry.id,
        at: instantInWords(entry.at),
        kind: entry.kind,
        text: inWords(entry),
      })),
    },
    null,
    2,
  );

async function explain(user: string, options: Options): Promise<void> {
  const answer = await explained(user, options);
  console.log(options.json === true ? asJson(answer) : asText(answer));
}

export const explainCommand = (): Command =>
  withAppOption(new Command('explain'))
    .argument('<user>', "the user's id, as the app sends it")
    .description(
      'Says why a user was limited: the answer, every limit with its arithmetic, and what led there.',
    )
    .option('--at <time>', 'the moment to explain (default: now on the app’s clock)')
    .option('--entries <count>', 'how many entries of the story to show', '10')
    .option('--json', 'as JSON, for programs')
    .addHelpText(
      'after',
      '\nExamples:\n  stipend explain ada\n  stipend explain ada --app my-app --at 2026-11-24T10:00:00Z\n  stipend explain ada --entries 50 --json',
    )
    .action(explain);

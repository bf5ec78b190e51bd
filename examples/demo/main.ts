import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SingleBar, Presets } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import type { Pool } from 'pg';
import { createPool } from '../../ledger/pool.ts';
import { exitWith } from '../../local/plain-error.ts';
import { readFigures } from './figures.ts';
import { checkInvariants } from '../../ledger/invariants.ts';
import { drawPopulation, gridHours } from './population.ts';
import { neverHit, renderReport } from './report.ts';
import { runDemo } from './run.ts';
import { useStack } from './stack.ts';

type Options = { readonly seed: number; readonly users: number; readonly days: number };

function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`give a whole number from ${least} to ${most}`);
  };
}

const say = (line: string): void => console.log(line);

/** Dollars that the plans allow for all periods of the run: the hard budgets. */
async function budgetOf(db: Pool, app: string): Promise<number> {
  const { rows } = await db.query<{ budget: string }>(
    `select sum((document #>> array['plans', p.plan, 'budget', 'per_month'])::numeric) as budget
     from periods p join policies d on d.app_id = p.app_id and d.version = p.policy_version where p.app_id = $1`,
    [app],
  );
  return Number(rows[0]?.budget ?? 0);
}

async function busiest(db: Pool, app: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ user_id: string }>(
    `select user_id from periods where app_id = $1 group by 1 order by sum(spent_micro_usd) desc, 1 limit 2`,
    [app],
  );
  const flagged = await db.query<{ user_id: string }>(
    'select user_id from reviews where app_id = $1 order by user_id limit 1',
    [app],
  );
  return [...rows, ...flagged.rows].map((row) => row.user_id);
}

async function demo({ seed, users, days }: Options): Promise<void> {
  const startedAt = performance.now();
  const stack = await useStack(say);
  const appId = `demo-${seed}-${Date.now().toString(36)}`;
  const bar = new SingleBar(
    { format: '{bar} {percentage} %  day {day} of {days}', noTTYOutput: true, notTTYSchedule: 15_000 },
    Presets.shades_classic,
  );
  const db = createPool(stack.local.database_url, { max: 2, applicationName: 'stipend-demo' });
  try {
    const population = drawPopulation(seed, users, days);
    bar.start(population.visits.length, 0, { day: 0, days });
    const run = await runDemo({
      apiUrl: stack.local.api_url,
      adminKey: stack.local.admin_key,
      appId,
      population,
      onPoint: (done) => bar.update(done, { day: Math.ceil((done * gridHours) / 24), days }),
    });
    bar.stop();
    const figures = await readFigures(db, appId);
    const checked = await checkInvariants(db, appId);
    const ui = stack.local.temporal_ui_url ?? `Temporal at ${stack.local.temporal_address}:`;
    const links = (await busiest(db, appId)).map(
      (user) => `${ui}/namespaces/default/workflows/${encodeURIComponent(`free-tier/${appId}/${user}`)}`,
    );
    const seconds = (performance.now() - startedAt) / 1_000;
    const budgetUsd = await budgetOf(db, appId);
    const report = renderReport({ seed, days, run, figures, checked, seconds, budgetUsd, links });
    const file = join(stack.home, 'demo-report.md');
    writeFileSync(file, report);
    say(`\n${report}\nThis report is in ${file}.`);
    if (checked.some(({ breaches }) => breaches > 0) || neverHit({ run, figures }).length > 0)
      process.exitCode = 1;
  } finally {
    bar.stop();
    await db.end();
    await stack.stop();
  }
}

new Command('npm run demo --')
  .description('Replays real traces as the free users of an AI product over two months of test-clock time.')
  .option('--seed <number>', 'the same seed makes the same run', whole(0, 2 ** 31 - 1), 1)
  .option('--users <number>', 'how many users', whole(100, 5_000), 500)
  .option('--days <number>', 'how many days of test-clock time', whole(35, 120), 60)
  .action(demo)
  .parseAsync()
  .then(() => process.exit(), exitWith);

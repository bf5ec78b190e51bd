import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { exitWith } from '../local/plain-error.ts';
import { startBaseline } from './baseline.ts';
import type { Bench } from './context.ts';
import { machineTime, stealBetween } from './cpu.ts';
import { startLoadGenerator } from './load/generator.ts';
import { readMachine } from './machine.ts';
import { measureAdmission, measureLatency } from './measures/admission.ts';
import { measureCounters } from './measures/counters.ts';
import { measureGrowth } from './measures/growth.ts';
import { measureHotUser } from './measures/hot-user.ts';
import { measureIngest } from './measures/ingest.ts';
import { measureStatement } from './measures/statement.ts';
import { type Options, type PartName, partNames, readOptions } from './options.ts';
import { startBenchPostgres } from './postgres.ts';
import { renderReport } from './report.ts';
import type { Table } from './result.ts';
import { startStipend } from './stipend.ts';

const parts: Readonly<Record<PartName, (bench: Bench) => Promise<Table>>> = {
  admission: measureAdmission,
  latency: measureLatency,
  pgbench: measureStatement,
  'hot-user': measureHotUser,
  ingest: measureIngest,
  growth: measureGrowth,
  counters: measureCounters,
};

const startedAt = new Date();
const say = (line: string): void => {
  const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
  console.log(`${String(seconds).padStart(5)} s  ${line}`);
};

async function measure(bench: Bench): Promise<readonly Table[]> {
  const tables: Table[] = [];
  for (const name of partNames.filter((part) => bench.options.only.includes(part)))
    tables.push(await parts[name](bench));
  return tables;
}

type Stop = () => void | Promise<void>;

async function run(options: Options, stops: Stop[]): Promise<void> {
  const machine = readMachine();
  say('starting Postgres, the API and the baseline');
  const postgres = await startBenchPostgres();
  stops.push(postgres.stop);
  const stipend = await startStipend(postgres, { database: 'stipend' });
  stops.push(stipend.stop);
  const baseline = await startBaseline(postgres);
  stops.push(baseline.stop);
  const generator = startLoadGenerator();
  stops.push(generator.stop);
  const before = machineTime();
  const tables = await measure({ options, postgres, generator, stipend, baseline, say });
  const after = machineTime();
  const report = renderReport({
    machine,
    settings: postgres.settings,
    options,
    startedAt,
    minutes: (Date.now() - startedAt.getTime()) / 60_000,
    steal: stealBetween(before, after),
    busy: 1 - (after.idle - before.idle) / (after.total - before.total),
    tables,
  });
  mkdirSync(dirname(options.out), { recursive: true });
  writeFileSync(options.out, report);
  console.log(`\n${report}\nThis report is in ${options.out}.`);
}

async function main(): Promise<void> {
  const stops: Stop[] = [];
  try {
    await run(readOptions(process.argv), stops);
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

main().then(() => process.exit(), exitWith);

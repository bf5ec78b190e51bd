import type { Machine } from './machine.ts';
import type { Options } from './options.ts';
import type { Table } from './result.ts';
import { figure, renderTable } from './table.ts';

export type Report = {
  readonly machine: Machine;
  readonly settings: Readonly<Record<string, string>>;
  readonly options: Options;
  readonly startedAt: Date;
  readonly minutes: number;
  readonly steal: number;
  readonly busy: number;
  readonly tables: readonly Table[];
};

const method = `Both sides run on this machine, on the same Postgres, with 16 connections to it, compiled, and with the load generator in a
process of its own. Legs are paired in the order A B, B A, A B …; a ratio is the median over the pairs, with its 95 % bootstrap
interval. A/A is the same ratio between neighbouring legs of the same side: the noise of this machine. A goal counts as met
or missed when the whole interval says so, else it is open. Pairs are dropped in which the host
took over 2 % of the time more from one leg than from the other, or over 10 % from either. Postgres' WAL files are made before
anything is timed, as those of a cluster that has run for a while: making one stops every commit for 40 ms.
After every leg the ledger is checked: counters equal sums, and every session and usage event that was answered is there,
once; a breach ends the run. The baseline is [bench/baseline/server.ts](../bench/baseline/server.ts): begin, select for update, insert, update, commit, and
nothing but a count of sessions: no keys, no budget, no idempotency.`;

export function renderReport(report: Report): string {
  const { machine, settings, options, tables } = report;
  const facts = [
    ['date', report.startedAt.toISOString().slice(0, 16).replace('T', ' ') + ' UTC'],
    ['commit', machine.commit],
    ['machine', `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Linux ${machine.kernel}`],
    ['software', `Node ${machine.node}, Postgres ${settings['server_version'] ?? ''}`],
    [
      'durability',
      ['fsync', 'synchronous_commit', 'full_page_writes']
        .map((name) => `${name} ${settings[name]}`)
        .join(', '),
    ],
    [
      'set for the bench',
      ['shared_buffers', 'min_wal_size', 'max_wal_size', 'checkpoint_timeout']
        .map((name) => `${name} ${settings[name]}`)
        .join(', '),
    ],
    ['8 kB + fdatasync', `${figure(machine.syncMs)} ms`],
    ['stolen by the host', `${figure(report.steal * 100)} %`],
    ['busy over the run', `${figure(report.busy * 100)} %`],
    [
      'legs',
      `${options.pairs} pairs of ${options.seconds} s, ${figure(options.users)} users each; ${figure(report.minutes)} minutes in all`,
    ],
  ];
  const warning = options.quick
    ? '\n> A quick run for development: its legs are too short for a claim.\n'
    : '';
  return `# Benchmarks

\`npm run bench\` made this file.
${warning}
| | |
| --- | --- |
${facts.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}

${tables.map(renderTable).join('\n')}
## Method

${method}
`;
}

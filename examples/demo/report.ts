import type { Figures } from './figures.ts';
import type { Checked } from '../../ledger/invariants.ts';
import type { DemoRun } from './run.ts';

export type ReportInput = {
  readonly seed: number;
  readonly days: number;
  readonly run: DemoRun;
  readonly figures: Figures;
  readonly checked: readonly Checked[];
  readonly seconds: number;
  readonly budgetUsd: number;
  readonly links: readonly string[];
};

const limits = [
  'session',
  'concurrent',
  'day',
  'month',
  'usage',
  'probation',
  'review',
  'suspended',
] as const;

const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

/** What the run was to show and did not: limits, thresholds or the buffer that nobody hit. */
export function neverHit({ run, figures }: Pick<ReportInput, 'run' | 'figures'>): readonly string[] {
  const reached = new Set(figures.crossings.map(({ threshold }) => threshold));
  return [
    ...limits.filter((limit) => !run.tally.refusedBy.has(limit)).map((limit) => `limit ${limit}`),
    ...[70, 85, 95, 100].filter((step) => !reached.has(step)).map((step) => `threshold ${step} %`),
    ...(figures.periodsInBuffer === 0 ? ['the buffer'] : []),
  ];
}

function nudgeRows(figures: Figures): string {
  const decided = (threshold: number, decision: string) =>
    figures.nudges.find((row) => row.threshold === threshold && row.decision === decision)?.count ?? 0;
  return figures.crossings
    .map(
      ({ threshold, reached }) =>
        `| ${threshold} % | ${reached} | ${decided(threshold, 'delivered')} | ${decided(threshold, 'passed')} | ${decided(threshold, 'lapsed')} |`,
    )
    .join('\n');
}

/** The report as Markdown. How crossings split into delivered and passed over depends on the machine's speed; all else on the seed. */
export function renderReport(input: ReportInput): string {
  const { run, figures, checked } = input;
  const { tally } = run;
  const missing = neverHit(input);
  return `# Demo: ${figures.users} users, ${input.days} days, seed ${input.seed}

| sessions | |
| --- | ---: |
| asked for | ${tally.asked} |
| admitted | ${tally.admitted} |
| of these confirmed first | ${tally.confirmed} |
| asked and declined by the user | ${tally.declined} |
| calls reported | ${tally.calls} |
| calls reported twice, counted once | ${tally.callsRepeated} |

| limit | times it refused or stopped |
| --- | ---: |
${limits.map((limit) => `| ${limit} | ${tally.refusedBy.get(limit) ?? 0} |`).join('\n')}

| nudge | reached | delivered | passed over by a higher one | lapsed |
| --- | ---: | ---: | ---: | ---: |
${nudgeRows(figures)}

| money | |
| --- | ---: |
| spent | ${dollars(figures.spentUsd)} |
| budget of all periods | ${dollars(input.budgetUsd)} |
| overshoot, ${figures.sessionsOverCap} sessions | ${dollars(figures.overshootUsd)} |
| periods that used the buffer | ${figures.periodsInBuffer} |
| median user | $${figures.medianUserUsd.toFixed(3)} |
| top 1 % of users, mean | ${dollars(figures.topUserUsd)} |
| top 1 % against the median | ${Math.round(figures.topUserUsd / figures.medianUserUsd)} × |
| share of the top 1 % | ${(figures.topShare * 100).toFixed(1)} % |

| accounts | |
| --- | ---: |
| resets | ${figures.resets} |
| announced | ${figures.resetNotices} |
| flagged | ${run.flagged} |
| approved | ${run.approved} |
| rejected | ${run.rejected} |

${checked.map(({ name, breaches }) => `- ${breaches === 0 ? 'holds' : `BROKEN ${breaches} times`}: ${name}`).join('\n')}
${missing.length === 0 ? '- every limit, every threshold and the buffer were hit' : `- NEVER HIT: ${missing.join(', ')}`}

Took ${Math.round(input.seconds)} s. Three users in the Temporal UI:

${input.links.map((link) => `- ${link}`).join('\n')}
`;
}

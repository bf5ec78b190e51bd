import type { Ratio } from './pairs.ts';
import { type Goal, type Row, type Table, verdictOf } from './result.ts';

/** Three figures that mean something: 4,930 · 12.3 · 0.87. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const ratioText = (ratio: Ratio | null): string =>
  ratio === null || Number.isNaN(ratio.median)
    ? '–'
    : `${figure(ratio.median)} [${figure(ratio.interval.low)}, ${figure(ratio.interval.high)}]`;

const goalText = (goal: Goal | null): string =>
  goal === null ? '–' : `${goal.sense === 'at least' ? '≥' : '≤'} ${figure(goal.value)}`;

const cellsOf = (row: Row): readonly string[] => [
  row.name,
  row.ours,
  row.theirs,
  ratioText(row.ratio),
  ratioText(row.noise),
  goalText(row.goal),
  verdictOf(row) ?? '–',
];

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export function renderTable({ title, columns, rows, notes }: Table): string {
  const head = ['', ...columns, 'ratio [95 %]', 'A/A [95 %]', 'goal', ''];
  const rule = head.map((_, index) => (index === 0 || index === head.length - 1 ? '---' : '---:'));
  const lines = [line(head), line(rule), ...rows.map((row) => line(cellsOf(row)))];
  const below = notes.length === 0 ? '' : `\n${notes.map((note) => `- ${note}`).join('\n')}\n`;
  return `### ${title}\n\n${lines.join('\n')}\n${below}`;
}

import { readFileSync, writeFileSync } from 'node:fs';
import type { Machine } from '../machine.ts';

/** The sections of the report by part, each with the run that it is of: a part that is not run again keeps its own. */
type Sections = ReadonlyMap<string, string>;

const marker = (part: string): string => `<!-- part: ${part} -->`;

function sectionsIn(file: string): Sections {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return new Map();
  }
  const [, ...marked] = text.split(/^<!-- part: (\w+) -->$/m);
  const sections = new Map<string, string>();
  for (let at = 0; at < marked.length; at += 2) sections.set(marked[at] ?? '', (marked[at + 1] ?? '').trim());
  return sections;
}

const head = `# The product at work

\`npm run bench:life\` makes this file. API, worker, Postgres (durable), the Temporal development server, the load and the endpoints share one
machine. Load is visits: a session that starts, whose answer is timed, a call in it, and its end. Figures of one run unless pairs are named.
`;

/** Puts a section in its place, in the order of `parts`. */
export function writeSection(
  file: string,
  parts: readonly string[],
  part: string,
  { table, machine }: { readonly table: string; readonly machine: Machine },
): void {
  const { node, cpu, cores, memoryGb, commit } = machine;
  const run = `Measured on ${new Date().toISOString().slice(0, 10)} at ${commit}, on ${cpu}, ${cores} cores, ${memoryGb} GB, Node ${node}.`;
  const sections = new Map(sectionsIn(file)).set(part, `${table.trim()}\n\n${run}`);
  const inOrder = parts.flatMap((name) => {
    const section = sections.get(name);
    return section === undefined ? [] : [`${marker(name)}\n\n${section}\n`];
  });
  writeFileSync(file, [head, ...inOrder].join('\n'));
}

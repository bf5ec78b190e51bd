import { Command } from 'commander';
import { exitWith } from '../../local/plain-error.ts';
import { readMachine } from '../machine.ts';
import { measureDrain } from './drain.ts';
import { measureNudgeLatency } from './nudge-latency.ts';
import { measureOutage } from './outage.ts';
import { writeSection } from './page.ts';
import { measureResets } from './resets.ts';
import { type LifeStack, startLife } from './stack.ts';

type Options = {
  readonly only?: string;
  readonly accounts: string;
  readonly open: string;
  readonly messages: string;
  readonly minutes: string;
  readonly out: string;
};

const startedAt = Date.now();
const say = (line: string): void =>
  console.log(`${String(Math.round((Date.now() - startedAt) / 1000)).padStart(5)} s  ${line}`);

type Part = (stack: LifeStack, options: Options) => Promise<string>;
const parts: Readonly<Record<string, Part>> = {
  drain: (stack, { messages }) => measureDrain(stack, Number(messages), say),
  latency: (stack) => measureNudgeLatency(stack, say),
  outage: (stack, { minutes }) => measureOutage(stack, Number(minutes), say),
  resets: (stack, { accounts, open }) =>
    measureResets(stack, { accounts: Number(accounts), open: Number(open) }, say),
};

async function measure(options: Options): Promise<void> {
  const wanted = options.only?.split(',') ?? Object.keys(parts);
  const machine = readMachine();
  for (const name of wanted) {
    const part = parts[name];
    if (part === undefined) throw new Error(`no part ${name}; there are ${Object.keys(parts).join(', ')}`);
    // Each on a stack of its own: none meets what another has left behind.
    const stack = await startLife(say);
    try {
      const table = await part(stack, options);
      // Each part takes minutes: what is there is kept, whatever becomes of the next.
      writeSection(options.out, Object.keys(parts), name, { table, machine });
      console.log(`\n${table}`);
    } finally {
      await stack.stop();
    }
  }
  say(`this is in ${options.out}`);
}

new Command('npm run bench:life --')
  .description('Measures nudges, messages, resets and an outage of Temporal on the whole product.')
  .option('--only <parts>', `some of ${Object.keys(parts).join(', ')}, with commas`)
  .option('--accounts <number>', 'accounts that reset at one instant', '20000')
  .option('--open <number>', 'workflows open while they reset', '50000')
  .option('--messages <number>', 'messages that wait', '100000')
  .option('--minutes <number>', 'for how long Temporal is stopped', '10')
  .option('--out <file>', 'where the report goes', 'docs/benchmarks-life.md')
  .action(measure)
  .parseAsync()
  .then(() => process.exit(), exitWith);

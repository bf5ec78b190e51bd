import { Command, InvalidArgumentError } from 'commander';

export const partNames = [
  'admission',
  'latency',
  'pgbench',
  'hot-user',
  'ingest',
  'growth',
  'counters',
] as const;
export type PartName = (typeof partNames)[number];

export type Options = {
  readonly only: readonly PartName[];
  readonly pairs: number;
  readonly seconds: number;
  /** Users of one leg. */
  readonly users: number;
  /** Accounts of the large database of the part `growth`. */
  readonly accounts: number;
  readonly out: string;
  readonly quick: boolean;
};

function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`give a whole number from ${least} to ${most}`);
  };
}

function parts(text: string): readonly PartName[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !(partNames as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new InvalidArgumentError(`no part ${unknown.join(', ')}; there are ${partNames.join(', ')}`);
  return names as PartName[];
}

type Given = Partial<Omit<Options, 'quick'>> & { readonly quick?: boolean };

/** `--quick` is for development: its legs are too short for a claim, and it says so in what it writes. */
const usual = { pairs: 6, seconds: 5, users: 10_000, accounts: 1_000_000, out: 'docs/benchmarks.md' };
const short = { pairs: 2, seconds: 3, users: 3_000, accounts: 50_000, out: '.stipend/benchmarks.md' };

export function readOptions(argv: readonly string[]): Options {
  const given = new Command('npm run bench --')
    .description('Measures Stipend against what people write by hand, in pairs on this machine.')
    .option('--quick', 'short legs, few pairs: for development')
    .option('--only <parts>', `some of ${partNames.join(', ')}, with commas`, parts)
    .option('--pairs <number>', 'pairs of legs per comparison', whole(1, 50))
    .option('--seconds <number>', 'length of a leg', whole(1, 120))
    .option('--users <number>', 'users of a leg', whole(100, 1_000_000))
    .option('--accounts <number>', 'accounts of the large database', whole(10_000, 5_000_000))
    .option('--out <file>', 'where the report goes')
    .parse(argv)
    .opts<Given>();
  const quick = given.quick ?? false;
  return { ...(quick ? short : usual), only: partNames, ...given, quick };
}

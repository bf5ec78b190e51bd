import type { LifeStack } from './stack.ts';

/** One hiccup of the machine spoils the p99 of a minute; of legs it spoils one, and their median stays. */
export const legSeconds = 10;
/** Legs in which nothing but the load goes on: what the others are compared with. */
export const quietLegs = 9;

export type Leg = {
  /** Milliseconds. */
  readonly p99: number;
  readonly answered: number;
  /** Answers of 500 and above. */
  readonly errors: number;
};

/** Visits at a fixed rate for ten seconds. */
export async function runLeg(stack: LifeStack, perSecond: number): Promise<Leg> {
  const { latency, answered, statuses } = await stack.load(perSecond, legSeconds);
  const errors = Object.entries(statuses)
    .filter(([status]) => Number(status) >= 500)
    .reduce((sum, [, times]) => sum + times, 0);
  return { p99: latency.p99, answered, errors };
}

export async function runLegs(stack: LifeStack, perSecond: number, count: number): Promise<readonly Leg[]> {
  const legs: Leg[] = [];
  while (legs.length < count) legs.push(await runLeg(stack, perSecond));
  return legs;
}

export const p99sOf = (legs: readonly Leg[]): readonly number[] => legs.map(({ p99 }) => p99);

import { waitUntil } from '../../local/wait-until.ts';
import { median } from '../bootstrap.ts';
import { figure } from '../table.ts';
import { type Leg, legSeconds, p99sOf, quietLegs, runLegs } from './legs.ts';
import type { LifeStack } from './stack.ts';

const rate = 200;

const sumOf = (legs: readonly Leg[], key: 'answered' | 'errors'): number =>
  legs.reduce((sum, leg) => sum + leg[key], 0);

/** Temporal is away for a while under load: nobody is refused for it, and what piled up is told afterwards. */
export async function measureOutage(
  stack: LifeStack,
  minutes: number,
  say: (line: string) => void,
): Promise<string> {
  await stack.warmUp();
  const before = await runLegs(stack, rate, quietLegs);
  await stack.temporal.stop();
  const stoppedAt = performance.now();
  say(
    `outage: Temporal is stopped for ${figure(minutes)} minutes; p99 before ${figure(median(p99sOf(before)))} ms`,
  );
  const during = await runLegs(stack, rate, Math.ceil((minutes * 60) / legSeconds));
  const stoppedFor = (performance.now() - stoppedAt) / 60_000;
  const piledUp = await stack.outstanding();
  say(
    `outage: Temporal comes back; p99 meanwhile ${figure(median(p99sOf(during)))} ms, ${piledUp} accounts wait`,
  );
  await stack.temporal.start();
  const backAt = performance.now();
  await waitUntil(async () => (await stack.outstanding()) === 0, { timeoutMs: 900_000, everyMs: 200 });
  const drained = (performance.now() - backAt) / 1000;
  const left = await stack.outstanding();
  const [quiet, stopped] = [median(p99sOf(before)), median(p99sOf(during))];
  return `### Temporal stopped for ${figure(stoppedFor)} minutes at ${rate} visits a second

| | figure | goal |
| --- | ---: | ---: |
| requests answered | ${sumOf(during, 'answered').toLocaleString('en-GB')} | – |
| of them errors | ${sumOf(during, 'errors')} | 0 |
| admission p99 before, median and worst of ${before.length} legs of ${legSeconds} s | ${figure(quiet)}, ${figure(Math.max(...p99sOf(before)))} ms | – |
| admission p99 during it, median and worst of ${during.length} legs | ${figure(stopped)}, ${figure(Math.max(...p99sOf(during)))} ms | – |
| p99 during ÷ before (median legs) | ${figure(stopped / quiet)} | ≤ 1.10 |
| accounts that waited to be told | ${piledUp.toLocaleString('en-GB')} | – |
| told after | ${left === 0 ? `${figure(drained)} s` : `not: ${left} are left`} | ≤ 120 s |
`;
}

import { waitUntil } from '../../local/wait-until.ts';
import { figure } from '../table.ts';
import type { LifeStack } from './stack.ts';

const rate = 200;

/** Temporal is away for a while under load: nobody is refused for it, and what piled up is told afterwards. */
export async function measureOutage(
  stack: LifeStack,
  minutes: number,
  say: (line: string) => void,
): Promise<string> {
  const seconds = Math.round(minutes * 60);
  await stack.warmUp();
  await stack.load(rate, 10);
  const before = await stack.load(rate, Math.min(60, seconds));
  await stack.temporal.stop();
  say(`outage: Temporal is stopped for ${seconds} s`);
  const during = await stack.load(rate, seconds);
  const piledUp = await stack.outstanding();
  await stack.temporal.start();
  const backAt = performance.now();
  await waitUntil(async () => (await stack.outstanding()) === 0, { timeoutMs: 900_000, everyMs: 200 });
  const drained = (performance.now() - backAt) / 1000;
  const left = await stack.outstanding();
  const errors = Object.entries(during.statuses)
    .filter(([status]) => Number(status) >= 500)
    .reduce((sum, [, times]) => sum + times, 0);
  return `### Temporal stopped for ${figure(minutes)} minutes at ${rate} admissions a second

| | figure | goal |
| --- | ---: | ---: |
| admissions answered | ${during.answered.toLocaleString('en-GB')} | – |
| of them errors | ${errors} | 0 |
| p99 before, during | ${figure(before.latency.p99)}, ${figure(during.latency.p99)} ms | – |
| p99 during ÷ before | ${figure(during.latency.p99 / before.latency.p99)} | ≤ 1.10 |
| accounts that waited to be told | ${piledUp.toLocaleString('en-GB')} | – |
| told after | ${left === 0 ? `${figure(drained)} s` : `not: ${left} are left`} | ≤ 120 s |
`;
}

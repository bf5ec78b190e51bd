import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../../local/wait-until.ts';
import { figure } from '../table.ts';
import { startSink } from './sink.ts';
import type { LifeStack } from './stack.ts';

const perSecond = 5;
const seconds = 40;

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

/** From the answer of the session that crosses a step until its nudge is at the endpoint, while others are admitted at half load. */
export async function measureNudgeLatency(stack: LifeStack, say: (line: string) => void): Promise<string> {
  const sink = await startSink();
  try {
    await stack.tenant.call('POST', '/v1/webhooks', { url: `${sink.url}/ok` });
    const crossing = perSecond * seconds;
    await stack.tenant.addAccounts('short', 'cross-', crossing);
    const capacity = await stack.load(Number.POSITIVE_INFINITY, 6);
    await waitUntil(async () => (await stack.outstanding()) === 0, { timeoutMs: 120_000, everyMs: 500 });
    const half = Math.round(capacity.done / capacity.seconds / 2);
    say(`nudge latency: ${half} admissions a second, and ${perSecond} users a second who cross a step`);
    const answered = new Map<string, number>();
    const ask = async (user: string): Promise<void> => {
      const { status } = await stack.tenant.call('POST', `/v1/users/${user}/sessions`, { confirmed: true });
      if (status === 201) answered.set(user, performance.now());
    };
    const asked: Promise<void>[] = [];
    const load = stack.load(half, seconds + 5);
    for (let number = 0; number < crossing; number += 1) {
      const user = `cross-${String(number).padStart(7, '0')}`;
      asked.push(ask(user));
      await delay(1000 / perSecond);
    }
    await Promise.all([load, ...asked]);
    await waitUntil(() => [...answered.keys()].every((user) => sink.arrivals.has(user)), {
      timeoutMs: 60_000,
    });
    const latencies = [...answered]
      .map(([user, at]) => (sink.arrivals.get(user) ?? Number.NaN) - at)
      .sort((left, right) => left - right);
    const lost = latencies.filter(Number.isNaN).length;
    return `### From a crossing to the endpoint, at half load

| | figure | goal |
| --- | ---: | ---: |
| admissions a second beside it | ${half} | – |
| crossings | ${answered.size} | – |
| p50 | ${figure(percentile(latencies, 0.5))} ms | – |
| p99 | ${figure(percentile(latencies, 0.99))} ms | ≤ 1,000 ms |
| not there after a minute | ${lost} | 0 |
`;
  } finally {
    sink.stop();
    await stack.db.query('delete from deliveries');
    await stack.db.query('delete from webhook_endpoints');
  }
}

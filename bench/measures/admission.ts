import { type Bench, atLeast, atMost, compare, rowOf } from '../context.ts';
import type { Row, Table } from '../result.ts';
import { baselineSide, stipendSide } from './sides.ts';

const exhaustedShare = 0.2;
const columns = ['Stipend', 'baseline'] as const;

/** As fast as they answer, at 16 and at 64 connections. */
export async function measureAdmission(bench: Bench): Promise<Table> {
  const { generator, stipend, baseline, options } = bench;
  const rows: Row[] = [];
  for (const connections of [16, 64]) {
    const leg = {
      connections,
      seconds: options.seconds,
      users: options.users,
      exhaustedShare,
      pace: { kind: 'closed' } as const,
    };
    const pairs = await compare(
      bench,
      `admission, ${connections} connections`,
      stipendSide(generator, stipend, leg),
      baselineSide(generator, baseline, leg),
    );
    rows.push(
      rowOf(`requests/s, ${connections} connections`, pairs, 'rps', '', atLeast(1)),
      rowOf(`p50, ${connections} connections`, pairs, 'p50', ' ms', null),
      rowOf(`p99, ${connections} connections`, pairs, 'p99', ' ms', atMost(1)),
      rowOf(`generator's CPU a request`, pairs, 'generatorCpu', ' µs', null),
    );
  }
  return {
    title: 'Admission through HTTP, closed loop',
    columns,
    rows,
    notes: [
      'One user in five is exhausted and refused, on both sides. Users are drawn evenly; each was seen once before.',
    ],
  };
}

/** Both at half of what the baseline can do, found by legs of this run. */
export async function measureLatency(bench: Bench): Promise<Table> {
  const { generator, stipend, baseline, options } = bench;
  const leg = { connections: 64, seconds: options.seconds, users: options.users, exhaustedShare };
  bench.say('latency: finding the capacity of the baseline');
  const capacity = await baselineSide(generator, baseline, { ...leg, pace: { kind: 'closed' } }).leg(0);
  const perSecond = Math.max(1, Math.floor((capacity['rps'] ?? 0) / 2));
  const open = { ...leg, pace: { kind: 'open', perSecond } as const };
  const pairs = await compare(
    bench,
    `latency at ${perSecond} a second`,
    stipendSide(generator, stipend, open),
    baselineSide(generator, baseline, open),
  );
  return {
    title: `Latency at ${perSecond} requests a second, open loop`,
    columns,
    rows: [
      rowOf('p50', pairs, 'p50', ' ms', null),
      rowOf('p99', pairs, 'p99', ' ms', atMost(1)),
      rowOf('p99.9', pairs, 'p999', ' ms', null),
      rowOf(`lateness of the generator, p99`, pairs, 'lateness', ' ms', null),
    ],
    notes: [
      'Half of the capacity of the baseline in this run. Timed from the instant a request was due; its timer has steps of a millisecond.',
    ],
  };
}

import { HttpConnection } from './http-connection.ts';
import type { LoadPlan, LoadResult } from './plan.ts';
import { Tally, latencyOf, newHistogram, percentile, record } from './tally.ts';
import { type Send, type Turn, createTraffic } from './traffic.ts';

type Loop = {
  readonly plan: LoadPlan;
  readonly connections: readonly HttpConnection[];
  readonly send: Send;
  readonly tally: Tally;
};

type Timed = Pick<LoadResult, 'latency' | 'latenessP99'>;

/** Each connection sends its next request when it has its answer. What is under way at the end is waited for. */
async function closedLoop({ plan, connections, send, tally }: Loop): Promise<Timed> {
  const latencies = newHistogram();
  const until = plan.seconds === null ? Infinity : performance.now() + plan.seconds * 1000;
  await Promise.all(
    connections.map(async (connection) => {
      for (let now = performance.now(); now < until;) {
        const sent = send(connection);
        if (sent === null) return;
        const turn = await sent;
        tally.count(turn);
        record(latencies, turn.answeredAt - now);
        now = performance.now();
      }
    }),
  );
  return { latency: latencyOf(latencies), latenessP99: null };
}

/**
 * Requests are due at a fixed rate and timed from the instant they were due, so that a slow answer does not hide those that
 * had to wait behind it. `lateness` is the generator's own: how long after its instant a request was taken up.
 */
async function openLoop({ plan, connections, send, tally }: Loop, perSecond: number): Promise<Timed> {
  const latencies = newHistogram();
  const lateness = newHistogram();
  const free = [...connections];
  const due: number[] = [];
  const underWay = new Set<Promise<void>>();
  const start = performance.now();
  const total = Math.floor((plan.seconds ?? 0) * perSecond);
  let taken = 0;
  const finish = async (connection: HttpConnection, dueAt: number, sent: Promise<Turn>): Promise<void> => {
    const turn = await sent;
    tally.count(turn);
    record(latencies, turn.answeredAt - dueAt);
    free.push(connection);
    dispatch();
  };
  const dispatch = (): void => {
    while (free.length > 0 && due.length > 0) {
      // The one that rested longest: a server closes what rests for five seconds.
      const connection = free.shift();
      const dueAt = due.shift();
      const turn = connection === undefined ? null : send(connection);
      if (connection === undefined || dueAt === undefined || turn === null) return;
      const finished: Promise<void> = finish(connection, dueAt, turn).finally(() => {
        underWay.delete(finished);
      });
      underWay.add(finished);
    }
  };
  while (taken < total) {
    const now = performance.now();
    for (; taken < total && start + (taken * 1000) / perSecond <= now; taken += 1) {
      const dueAt = start + (taken * 1000) / perSecond;
      record(lateness, now - dueAt);
      due.push(dueAt);
    }
    dispatch();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  while (underWay.size > 0) await Promise.all(underWay);
  return { latency: latencyOf(latencies), latenessP99: percentile(lateness, 99) };
}

export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const connections = await Promise.all(
    Array.from({ length: plan.connections }, () => HttpConnection.open(plan.port)),
  );
  const tally = new Tally();
  const loop: Loop = { plan, connections, send: createTraffic(plan), tally };
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const timed =
    plan.pace.kind === 'closed' ? await closedLoop(loop) : await openLoop(loop, plan.pace.perSecond);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  for (const connection of connections) connection.close();
  return {
    ...timed,
    seconds,
    statuses: tally.statuses,
    answered: tally.answered,
    done: tally.done,
    oddAnswer: tally.oddAnswer,
    generatorCpuSeconds: (cpu.user + cpu.system) / 1e6,
  };
}

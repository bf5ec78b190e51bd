import { randomUUID } from 'node:crypto';
import { waitUntil } from '../../local/wait-until.ts';
import { type Ratio, ratioBetween, ratioOverAll, runPairs } from '../pairs.ts';
import { figure } from '../table.ts';
import { startSink } from './sink.ts';
import { type LifeStack, appId, residentMb } from './stack.ts';

const endpoints = 50;
const toHanging = 500;
const pairs = 10;
/** A leg of a pair drains this part of the messages: what the first seconds cost must weigh little. */
const partOfPair = 1 / 4;
/** Shares of the messages at which the worker's memory is looked at. */
const marks = [0.1, 0.5, 1];

type Sink = Awaited<ReturnType<typeof startSink>>;
type Leg = {
  readonly perSecond: number;
  /** Of the worker and Postgres, in µs for each message that arrived. */
  readonly cpu: number;
  readonly seconds: number;
  readonly memory: readonly number[];
};

/** So many messages wait for healthy endpoints, and 500 more for each of those that never answer. */
async function drain(stack: LifeStack, sink: Sink, messages: number, hanging: number): Promise<Leg> {
  const { db, worker } = stack;
  // Names of its own: what hung in the leg before ends in this one, and would put off a message of the same name.
  const leg = randomUUID();
  await db.query(
    `insert into webhook_endpoints (endpoint_id, app_id, url, secret, events, enabled)
     select 'whe_' || $5::text || n, $1::text, $2::text || case when n <= $3::int then '/hang' else '/ok' end, 'whsec_' || repeat('A', 43) || '=', '{}', true
     from generate_series(1, $4::int) n`,
    [appId, sink.url, hanging, endpoints, leg],
  );
  const already = sink.received();
  await db.query(
    `insert into deliveries (delivery_id, message_id, app_id, user_id, notice_id, channel, target, payload)
     select 'dlv_' || $6::text || n, 'msg_' || $6::text || n, $1::text, 'u' || n, 'n' || n, 'webhook',
       'whe_' || $6::text || case when n <= $2::int * $3::int then 1 + n % $2::int else 1 + $2::int + n % ($4::int - $2::int) end,
       jsonb_build_object('type', 'allowance.nudge', 'data', jsonb_build_object('user', 'u' || n))
     from generate_series(1, $5::int) n`,
    [appId, hanging, toHanging, endpoints, messages + hanging * toHanging, leg],
  );
  await db.query('analyze deliveries');
  const startedAt = performance.now();
  const cpuBefore = stack.cpuOfDelivering();
  const before = sink.received();
  const memory: number[] = [];
  await waitUntil(
    () => {
      const share = (sink.received() - already) / messages;
      while (memory.length < marks.length && share >= (marks[memory.length] ?? 2))
        memory.push(residentMb(worker.pid));
      return share >= 1;
    },
    { timeoutMs: 600_000, everyMs: 20 },
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const arrived = sink.received() - before;
  const cpu = ((stack.cpuOfDelivering() - cpuBefore) * 1e6) / arrived;
  await db.query('delete from deliveries');
  await db.query('delete from webhook_endpoints');
  return { perSecond: arrived / seconds, cpu, seconds, memory };
}

/** A hundred thousand messages wait while a tenth of all endpoints never answers; and what a single such endpoint costs the others. */
export async function measureDrain(
  stack: LifeStack,
  messages: number,
  say: (line: string) => void,
): Promise<string> {
  const sink = await startSink();
  const hanging = endpoints / 10;
  try {
    const before = residentMb(stack.worker.pid);
    const all = await drain(stack, sink, messages, hanging);
    say(`drain: ${messages} in ${figure(all.seconds)} s`);
    // What has grown to its size by then, and what goes on growing, look alike in one.
    const again = await drain(stack, sink, messages, hanging);
    say(`drain: as many once more in ${figure(again.seconds)} s`);
    const inPair = Math.round(messages * partOfPair);
    const sideOf = (many: number) => ({
      name: `${many} hanging`,
      leg: async () => {
        const { perSecond, cpu } = await drain(stack, sink, inPair, many);
        say(`drain: ${many} of ${endpoints} hang: ${figure(perSecond)} a second, ${figure(cpu)} µs each`);
        return { perSecond, cpu };
      },
    });
    const compared = await runPairs(sideOf(1), sideOf(0), pairs, () => {});
    const beside = ({ median, interval, pairs: count }: Ratio): string =>
      `${figure(median)} [${figure(interval.low)}, ${figure(interval.high)}] of ${count} pairs`;
    return `### ${messages.toLocaleString('en-GB')} waiting messages, ${hanging} of ${endpoints} endpoints hang

| | figure | goal |
| --- | ---: | ---: |
| delivered a second, to healthy endpoints | ${figure(all.perSecond)} | ≥ 1,000 |
| time until all were there | ${figure(all.seconds)} s | – |
| worker's memory before, at 10 %, 50 %, 100 % | ${[before, ...all.memory].join(', ')} MB | flat |
| and of as many once more, in the same worker | ${again.memory.join(', ')} MB | flat |
| rate where one hangs ÷ where none does, ${inPair.toLocaleString('en-GB')} a leg [95 %] | ${beside(ratioBetween(compared, 'perSecond'))} | ≥ 0.95 |
| CPU a message where one hangs ÷ where none does, worker and Postgres | ${beside(ratioOverAll(compared, 'cpu'))} | ≤ 1.05 |
`;
  } finally {
    sink.stop();
  }
}

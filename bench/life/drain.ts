import { waitUntil } from '../../local/wait-until.ts';
import { figure } from '../table.ts';
import { startSink } from './sink.ts';
import { type LifeStack, appId, residentMb } from './stack.ts';

const endpoints = 50;
const toHanging = 500;
/** Shares of the messages at which the worker's memory is looked at. */
const marks = [0.1, 0.5, 1];

type Sink = Awaited<ReturnType<typeof startSink>>;
type Leg = { readonly perSecond: number; readonly seconds: number; readonly memory: readonly number[] };

/** So many messages wait for healthy endpoints, and 500 more for each of those that never answer. */
async function drain(stack: LifeStack, sink: Sink, messages: number, hanging: number): Promise<Leg> {
  const { db, worker } = stack;
  await db.query(
    `insert into webhook_endpoints (endpoint_id, app_id, url, secret, events, enabled)
     select 'whe_' || n, $1::text, $2::text || case when n <= $3::int then '/hang' else '/ok' end, 'whsec_' || repeat('A', 43) || '=', '{}', true
     from generate_series(1, $4::int) n`,
    [appId, sink.url, hanging, endpoints],
  );
  const already = sink.received();
  await db.query(
    `insert into deliveries (delivery_id, message_id, app_id, user_id, notice_id, channel, target, payload)
     select 'dlv_' || n, 'msg_' || n, $1::text, 'u' || n, 'n' || n, 'webhook',
       'whe_' || case when n <= $2::int * $3::int then 1 + n % $2::int else 1 + $2::int + n % ($4::int - $2::int) end,
       jsonb_build_object('type', 'allowance.nudge', 'data', jsonb_build_object('user', 'u' || n))
     from generate_series(1, $5::int) n`,
    [appId, hanging, toHanging, endpoints, messages + hanging * toHanging],
  );
  await db.query('analyze deliveries');
  const startedAt = performance.now();
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
  const perSecond = (sink.received() - before) / seconds;
  await db.query('delete from deliveries');
  await db.query('delete from webhook_endpoints');
  return { perSecond, seconds, memory };
}

const middleOf = (figures: readonly number[]): number =>
  figures.toSorted((left, right) => left - right)[Math.floor(figures.length / 2)] ?? Number.NaN;

/** A hundred thousand messages wait while a tenth of all endpoints never answers; and what that tenth costs the others. */
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
    const ratios: number[] = [];
    for (let pair = 0; pair < 5; pair += 1) {
      const order = pair % 2 === 0 ? [0, hanging] : [hanging, 0];
      const rates = new Map<number, number>();
      for (const many of order) rates.set(many, (await drain(stack, sink, messages / 10, many)).perSecond);
      ratios.push((rates.get(hanging) ?? Number.NaN) / (rates.get(0) ?? Number.NaN));
      say(`drain: pair ${pair + 1} of 5, ${figure(ratios.at(-1) ?? Number.NaN)} of the rate without them`);
    }
    return `### ${messages.toLocaleString('en-GB')} waiting messages, ${hanging} of ${endpoints} endpoints hang

| | figure | goal |
| --- | ---: | ---: |
| delivered a second, to healthy endpoints | ${figure(all.perSecond)} | ≥ 1,000 |
| time until all were there | ${figure(all.seconds)} s | – |
| worker's memory before, at 10 %, 50 %, 100 % | ${[before, ...all.memory].join(', ')} MB | flat |
| ÷ the rate where none hangs, median of 5 pairs of ${(messages / 10).toLocaleString('en-GB')} | ${figure(middleOf(ratios))} [${figure(Math.min(...ratios))}, ${figure(Math.max(...ratios))}] | ≥ 0.95 |
`;
  } finally {
    sink.stop();
  }
}

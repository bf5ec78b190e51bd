import { waitUntil } from '../../local/wait-until.ts';
import { figure } from '../table.ts';
import { startSink } from './sink.ts';
import { type LifeStack, appId, residentMb } from './stack.ts';

const endpoints = 50;
const hanging = 5;
const toHanging = 500;

/** A hundred thousand messages wait for healthy endpoints, while a tenth of all endpoints never answers. */
export async function measureDrain(
  stack: LifeStack,
  messages: number,
  say: (line: string) => void,
): Promise<string> {
  const sink = await startSink();
  const { db, worker } = stack;
  try {
    await db.query(
      `insert into webhook_endpoints (endpoint_id, app_id, url, secret, events, enabled)
       select 'whe_' || n, $1::text, $2::text || case when n <= $3::int then '/hang' else '/ok' end, 'whsec_' || repeat('A', 43) || '=', '{}', true
       from generate_series(1, $4::int) n`,
      [appId, sink.url, hanging, endpoints],
    );
    const before = residentMb(worker.pid);
    const startedAt = performance.now();
    await db.query(
      `insert into deliveries (delivery_id, message_id, app_id, user_id, notice_id, channel, target, payload)
       select 'dlv_' || n, 'msg_' || n, $1::text, 'u' || n, 'n' || n, 'webhook',
         'whe_' || case when n <= $2::int * $3::int then 1 + n % $2::int else 1 + $2::int + n % ($4::int - $2::int) end,
         jsonb_build_object('type', 'allowance.nudge', 'data', jsonb_build_object('user', 'u' || n))
       from generate_series(1, $5::int) n`,
      [appId, hanging, toHanging, endpoints, messages + hanging * toHanging],
    );
    await db.query('analyze deliveries');
    const insertedAt = performance.now();
    const already = sink.received();
    const memory: number[] = [];
    const marks = [0.1, 0.5, 1];
    await waitUntil(
      () => {
        const share = sink.received() / messages;
        while (memory.length < marks.length && share >= (marks[memory.length] ?? 2)) {
          memory.push(residentMb(worker.pid));
          say(
            `drain: ${Math.round(share * 100)} % after ${figure((performance.now() - startedAt) / 1000)} s`,
          );
        }
        return sink.received() >= messages;
      },
      { timeoutMs: 600_000, everyMs: 20 },
    );
    const seconds = (performance.now() - insertedAt) / 1000;
    const rate = (sink.received() - already) / seconds;
    return `### ${messages.toLocaleString('en-GB')} waiting messages, ${hanging} of ${endpoints} endpoints hang

| | figure | goal |
| --- | ---: | ---: |
| delivered a second, to healthy endpoints | ${figure(rate)} | ≥ 1,000 |
| time until all were there | ${figure(seconds)} s | – |
| worker's memory before, at 10 %, 50 %, 100 % | ${[before, ...memory].join(', ')} MB | flat |
`;
  } finally {
    await db.query('delete from deliveries');
    await db.query('delete from webhook_endpoints');
    sink.stop();
  }
}

import type { HttpConnection } from './http-connection.ts';
import type { LoadPlan, Traffic } from './plan.ts';
import { drawUsers, userName } from './users.ts';

/** What became of one turn on a connection. */
export type Turn = {
  readonly statuses: readonly number[];
  readonly done: number;
  readonly odd: string | null;
  /** The instant that its latency runs to, by `performance.now()`: not the last answer's where only the first is of interest. */
  readonly answeredAt: number;
};

/** Sends what comes next; null once the traffic is used up. */
export type Send = (connection: HttpConnection) => Promise<Turn> | null;

type Request = (method: 'GET' | 'POST', path: string, body?: string) => string;

function requestsOf({ port, key }: LoadPlan): Request {
  const shared = `Host: 127.0.0.1:${port}\r\nConnection: keep-alive\r\n${key === null ? '' : `Authorization: Bearer ${key}\r\n`}`;
  return (method, path, body) =>
    body === undefined
      ? `${method} ${path} HTTP/1.1\r\n${shared}\r\n`
      : `${method} ${path} HTTP/1.1\r\n${shared}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

async function one(
  connection: HttpConnection,
  request: string,
  expected: readonly number[],
  done = 1,
): Promise<Turn> {
  const { status, body } = await connection.send(request);
  const odd = expected.includes(status) ? null : `${status} ${body}`;
  return { statuses: [status], done, odd, answeredAt: performance.now() };
}

const sessionId = /"session":\{"id":"([^"]+)"/;
const tokens = { model: 'claude-sonnet-4-5', input_tokens: 900, output_tokens: 250 };

/** A session of so many calls, ended. */
async function visit(
  connection: HttpConnection,
  request: Request,
  user: string,
  calls: number,
): Promise<Turn> {
  const started = await connection.send(request('POST', `/v1/users/${user}/sessions`, '{}'));
  const answeredAt = performance.now();
  const session = sessionId.exec(started.body)?.[1];
  if (session === undefined)
    return { statuses: [started.status], done: 0, odd: `${started.status} ${started.body}`, answeredAt };
  const answers = [];
  for (let call = 0; call < calls; call += 1) {
    const event = JSON.stringify({ id: `${session}-${call}`, ...tokens });
    answers.push(await connection.send(request('POST', `/v1/sessions/${session}/usage`, event)));
  }
  answers.push(await connection.send(request('POST', `/v1/sessions/${session}/end`, '{}')));
  const odd = answers.find(({ status }) => status !== 200);
  return {
    statuses: [started.status, ...answers.map(({ status }) => status)],
    done: 1,
    odd: odd === undefined ? null : `${odd.status} ${odd.body}`,
    answeredAt,
  };
}

function usage(traffic: Extract<Traffic, { kind: 'usage' }>, request: Request): Send {
  const { sessions, batch, run } = traffic;
  let events = 0;
  const nextEvent = () => {
    events += 1;
    return { session: sessions[events % sessions.length] ?? '', id: `${run}-${events}`, ...tokens };
  };
  if (batch === null)
    return (connection) => {
      const { session, ...event } = nextEvent();
      return one(connection, request('POST', `/v1/sessions/${session}/usage`, JSON.stringify(event)), [200]);
    };
  return (connection) => {
    const body = JSON.stringify({ events: Array.from({ length: batch }, nextEvent) });
    return one(connection, request('POST', '/v1/usage', body), [200], batch);
  };
}

export function createTraffic(plan: LoadPlan): Send {
  const { traffic, seed } = plan;
  const request = requestsOf(plan);
  switch (traffic.kind) {
    case 'get': {
      const text = request('GET', traffic.path);
      return (connection) => one(connection, text, [200]);
    }
    case 'start': {
      const { before, after, prefix, count, spread } = traffic;
      const next = drawUsers(count, spread, seed);
      return (connection) => {
        const number = next();
        if (number === null) return null;
        return one(
          connection,
          request('POST', `${before}${userName(prefix, number)}${after}`, '{}'),
          [201, 429],
        );
      };
    }
    case 'visit': {
      const next = drawUsers(traffic.count, traffic.spread, seed);
      return (connection) => {
        const number = next();
        return number === null
          ? null
          : visit(connection, request, userName(traffic.prefix, number), traffic.calls);
      };
    }
    case 'usage':
      return usage(traffic, request);
    default:
      return traffic satisfies never;
  }
}

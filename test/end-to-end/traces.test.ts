import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { issueApiKey } from '../../ledger/api-keys.ts';
import { type TestDatabase, createTestDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { request } from '../setup/product.ts';
import { killPrograms, startProgram } from './children.ts';

type Span = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
};

let database: TestDatabase;
let collector: Server;
const spans: Span[] = [];
let bodies = '';
const app = `traced-${crypto.randomUUID().slice(0, 8)}`;

/** A collector of OpenTelemetry's own protocol, in its JSON form. */
beforeAll(async () => {
  database = await createTestDatabase();
  await database.createApp(app);
  collector = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
    incoming.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      if (!(incoming.url ?? '').endsWith('/v1/traces')) return;
      bodies += body;
      for (const resource of JSON.parse(body).resourceSpans)
        for (const scope of resource.scopeSpans) spans.push(...scope.spans);
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
});
afterEach(killPrograms);
afterAll(async () => {
  collector.close();
  await database.drop();
});

const spanOf = (trace: string, name: string): Span | undefined =>
  spans.find((span) => span.traceId === trace && span.name.startsWith(name));

test('one trace leads from the request over the outbox and the workflow to the message at the endpoint', async () => {
  const received: string[] = [];
  const sink = createServer((incoming, response) => {
    received.push(String(incoming.headers['webhook-id']));
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  const around = {
    databaseUrl: database.url,
    temporalAddress: inject('temporalAddress'),
    taskQueue: `test-${crypto.randomUUID()}`,
    bundlePath: inject('workflowBundlePath'),
    extra: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '200',
    },
  };
  const [api, worker] = await Promise.all([startProgram('api', around), startProgram('worker', around)]);
  const { secret } = await issueApiKey(database.ledger.pool, {
    appId: app,
    mode: 'sandbox',
    scopes: ['app'],
  });
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    request(`http://127.0.0.1:${api.port}${path}`, method, secret, body, headers);
  const { port } = sink.address() as AddressInfo;
  await call('POST', '/v1/webhooks', { url: `http://127.0.0.1:${port}/hook` });
  const user = 'user-of-the-trace';
  for (let number = 1; number <= 6; number += 1) {
    const { body } = await call('POST', `/v1/users/${user}/sessions`);
    await call('POST', `/v1/sessions/${body.session.id}/usage`, { id: `e${number}`, cost_usd: 0.001 });
    await call('POST', `/v1/sessions/${body.session.id}/end`);
    if (number % 3 === 0) await call('POST', '/v1/test-clock/advance', { by: 'P1D' });
  }
  // The seventh crosses the step at 70 %; its caller has a trace already.
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const seventh = await call(
    'POST',
    `/v1/users/${user}/sessions`,
    {},
    {
      traceparent: `00-${trace}-00f067aa0ba902b7-01`,
    },
  );
  expect(seventh.status).toBe(201);
  await eventually(
    async () => received,
    (ids) => ids.length === 1,
  );
  const names = ['POST /v1/users/:user/sessions', 'tell workflow', 'workflow deliver', 'deliver webhook'];
  await eventually(
    async () => names.filter((name) => spanOf(trace, name) === undefined),
    (missing) => missing.length === 0,
  );
  const [asked, told, queued, sent] = names.map((name) => spanOf(trace, name));
  expect(asked?.parentSpanId).toBe('00f067aa0ba902b7');
  expect(told?.parentSpanId).toBe(asked?.spanId);
  expect(queued?.parentSpanId).toBe(told?.spanId);
  expect(sent?.parentSpanId).toBe(queued?.spanId);
  for (const one of [api, worker]) expect(await one.terminate(), one.output()).toBe(0);
  sink.close();
  // Traces leave the house: no user and no secret in them.
  expect(bodies).not.toContain(user);
  expect(bodies).not.toContain(secret);
}, 60_000);

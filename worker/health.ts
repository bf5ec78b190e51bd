import { type Server, type ServerResponse, createServer } from 'node:http';
import type { Registry } from 'prom-client';
import type { SdkMetrics } from './sdk-metrics.ts';

export type Health = {
  /** A loop that hangs, by name; null where all of them turn. */
  readonly stuck: () => string | null;
  /** Why it cannot work now, null where it can. */
  readonly fault: () => Promise<string | null>;
  readonly registry: Registry;
  /** What the SDK counts. */
  readonly sdk: SdkMetrics;
};

function say(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status).end(`${words}\n`);
}

async function answer(path: string, response: ServerResponse, health: Health): Promise<void> {
  switch (path) {
    case '/healthz': {
      const stuck = health.stuck();
      if (stuck === null) say(response, 200, 'alive');
      else say(response, 503, `the loop "${stuck}" hangs`);
      return;
    }
    case '/readyz': {
      const fault = await health.fault();
      if (fault === null) say(response, 200, 'ready');
      else say(response, 503, `not ready: ${fault}`);
      return;
    }
    case '/metrics': {
      const [ours, sdks] = await Promise.all([health.registry.metrics(), health.sdk()]);
      response.writeHead(200, { 'content-type': health.registry.contentType }).end(`${ours}\n${sdks}`);
      return;
    }
    default:
      say(response, 404, 'There are /healthz, /readyz and /metrics.');
  }
}

/** Health and metrics of the worker, for probes and Prometheus. */
export function serveHealth(health: Health, host: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    answer(new URL(request.url ?? '/', 'http://worker').pathname, response, health).catch(() => {
      say(response, 500, 'It could not be said; the log of the worker may say more.');
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

import { type Server, type ServerResponse, createServer } from 'node:http';
import type { Registry } from 'prom-client';

export type Health = {
  readonly isReady: () => boolean;
  readonly registry: Registry;
};

async function answer(path: string, response: ServerResponse, health: Health): Promise<void> {
  switch (path) {
    case '/healthz':
      response.writeHead(200).end('alive\n');
      return;
    case '/readyz':
      response.writeHead(health.isReady() ? 200 : 503).end(health.isReady() ? 'ready\n' : 'starting\n');
      return;
    case '/metrics': {
      const metrics = await health.registry.metrics();
      response.writeHead(200, { 'content-type': health.registry.contentType }).end(metrics);
      return;
    }
    default:
      response.writeHead(404).end('There are /healthz, /readyz and /metrics.\n');
  }
}

/** Health and metrics of the worker, for probes and Prometheus. */
export function serveHealth(health: Health, host: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    answer(new URL(request.url ?? '/', 'http://worker').pathname, response, health).catch(() => {
      response.writeHead(503).end('The ledger does not answer.\n');
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Endpoints on this machine: `/hang` never answers, everything else says at once that it has it. */
export async function startSink() {
  /** When each user's first message came, by `performance.now()`. */
  const arrivals = new Map<string, number>();
  let received = 0;
  const server = createServer((request, response) => {
    if (request.url === '/hang') {
      request.resume();
      return;
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received += 1;
      const user = /"user":"([^"]+)"/.exec(body)?.[1] ?? '';
      if (!arrivals.has(user)) arrivals.set(user, performance.now());
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    received: () => received,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

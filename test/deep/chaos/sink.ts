import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook receiver that keeps how often each message came; it answers every seventh with an error, as endpoints do. */
export async function startSink() {
  const arrivals = new Map<string, number>();
  let requests = 0;
  const server = createServer((request, response) => {
    const id = String(request.headers['webhook-id']);
    requests += 1;
    request.resume();
    const fails = requests % 7 === 0;
    if (!fails) arrivals.set(id, (arrivals.get(id) ?? 0) + 1);
    response.writeHead(fails ? 503 : 204, fails ? { 'retry-after': '1' } : {}).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    arrivals,
    stop: () => server.close(),
  };
}

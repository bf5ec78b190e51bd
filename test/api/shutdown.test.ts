import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { stopServing } from '../../api/shutdown.ts';

/** A server whose answers wait until they are let go. */
async function slowServer() {
  const waiting: (() => void)[] = [];
  const server = createServer((_request, response) => void waiting.push(() => response.end('answered')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, waiting, port: (server.address() as AddressInfo).port };
}

const ask = (port: number, agent: Agent): Promise<string> =>
  new Promise((resolve, reject) => {
    request({ port, agent }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve(body));
    })
      .on('error', reject)
      .end();
  });

test('a request that was taken is answered, a later one is refused, and a connection kept alive holds nobody up', async () => {
  const { server, waiting, port } = await slowServer();
  const agent = new Agent({ keepAlive: true });
  const taken = ask(port, agent);
  await expect.poll(() => waiting.length).toBe(1);
  let stopped = false;
  const stop = async () => {
    await stopServing(server, { goodbyeMs: 0, deadlineMs: 10_000 });
    stopped = true;
  };
  const stopping = stop();
  await expect.poll(() => server.listening).toBe(false);
  await expect(ask(port, new Agent())).rejects.toThrow('ECONNREFUSED');
  expect(stopped).toBe(false);
  waiting[0]?.();
  await expect(taken).resolves.toBe('answered');
  await stopping;
  agent.destroy();
});

test('what is not answered by the deadline is broken off', async () => {
  const { server, waiting, port } = await slowServer();
  const taken = ask(port, new Agent()).catch((error: Error) => error.message);
  await expect.poll(() => waiting.length).toBe(1);
  await stopServing(server, { goodbyeMs: 0, deadlineMs: 50 });
  await expect(taken).resolves.toContain('socket hang up');
});

import { type Server, type Socket, createServer, connect } from 'node:net';
import type { AddressInfo } from 'node:net';

/**
 * What stands in front of several APIs, as small as can be: hands each new connection to the next one that is ready, and to
 * another where that one takes none. Like every balancer it looks a few times a second whether they are ready.
 */
export type Balancer = {
  readonly url: string;
  readonly set: (ports: readonly number[]) => void;
  readonly stop: () => void;
};

export async function startBalancer(): Promise<Balancer> {
  let ports: readonly number[] = [];
  let ready: readonly number[] = [];
  let turn = 0;
  const sockets = new Set<Socket>();
  const look = async (): Promise<void> => {
    const answers = await Promise.all(
      ports.map((port) =>
        fetch(`http://127.0.0.1:${port}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      ),
    );
    ready = ports.filter((_port, index) => answers[index]);
  };
  const looking = setInterval(() => void look(), 100);
  const hand = (client: Socket, tries: number): void => {
    turn += 1;
    const port = ready[turn % Math.max(1, ready.length)];
    if (port === undefined || tries === 0) {
      client.destroy();
      return;
    }
    const server = connect(port, '127.0.0.1');
    server.once('connect', () => {
      server.removeAllListeners('error');
      server.on('error', () => client.destroy());
      client.on('error', () => server.destroy());
      client.pipe(server).pipe(client);
    });
    server.once('error', () => hand(client, tries - 1));
  };
  const server: Server = createServer({ pauseOnConnect: false }, (client) => {
    sockets.add(client);
    client.once('close', () => sockets.delete(client));
    client.on('error', () => {});
    hand(client, 3);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (next) => {
      ports = next;
      ready = [
        ...ready.filter((port) => next.includes(port)),
        ...next.filter((port) => !ready.includes(port)),
      ];
    },
    stop: () => {
      clearInterval(looking);
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

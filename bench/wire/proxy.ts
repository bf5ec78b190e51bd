import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { type Bound, type ClientStream, readClientStream } from './messages.ts';

export type WireProxy = {
  readonly port: number;
  readonly roundTrips: () => number;
  readonly stop: () => Promise<void>;
};

/** Stands between a program and Postgres, passes everything on as it is, and counts what the program waits for. */
export function startWireProxy(
  postgresPort: number,
  onBind: (bound: Bound) => void = () => {},
): Promise<WireProxy> {
  const streams: ClientStream[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(postgresPort, '127.0.0.1');
    const stream = readClientStream(onBind);
    streams.push(stream);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk: Buffer) => stream.take(chunk));
    client.pipe(upstream);
    upstream.pipe(client);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        roundTrips: () => streams.reduce((sum, stream) => sum + stream.roundTrips(), 0),
        stop: () =>
          new Promise((stopped) => {
            for (const socket of sockets) socket.destroy();
            server.close(() => stopped());
          }),
      });
    });
  });
}

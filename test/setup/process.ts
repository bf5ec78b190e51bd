import type { AddressInfo } from 'node:net';
import { createApi } from '../../api/app.ts';
import type { QueueOptions } from '../../ledger/account-queue.ts';
import { type Ledger, openLedger } from '../../ledger/ledger.ts';
import { testSecretKeys } from './secret-keys.ts';
import { type Reply, quiet, request } from './product.ts';

/** One process of a product: a ledger of its own, with its own caches, and an API in front of it. */
export type Process = {
  readonly ledger: Ledger;
  readonly apiUrl: string;
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Reply>;
  readonly stop: () => Promise<void>;
};

/** What a second process sees of the first is rows. */
export async function startProcess(
  databaseUrl: string,
  key: string,
  queue: Partial<QueueOptions> = {},
): Promise<Process> {
  const ledger = openLedger(databaseUrl, { max: 6, secretKeys: testSecretKeys, queue });
  const workflows = { decide: () => Promise.resolve(null) };
  const server = createApi({ ledger, workflows, log: quiet }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ledger,
    apiUrl,
    call: (method, path, body, headers) => request(apiUrl + path, method, key, body, headers),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await ledger.close();
    },
  };
}

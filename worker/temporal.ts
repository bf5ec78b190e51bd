import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import { freeTierSearchAttributes, missingSearchAttributes } from '../domain/search-attributes.ts';

export type Temporal = {
  readonly client: Client;
  readonly native: NativeConnection;
  readonly namespace: string;
  readonly close: () => Promise<void>;
};

const longestPauseMs = 10_000;

/** Connects as the `TEMPORAL_*` variables or a profile say. A server that is away is waited for: the ledger keeps everything. */
export async function connectTemporal(log: Logger, stopping: AbortSignal): Promise<Temporal | null> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  for (let pauseMs = 250; !stopping.aborted; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      const connection = await Connection.connect({ ...connectionOptions, connectTimeout: '5s' });
      const native = await NativeConnection.connect(connectionOptions);
      return {
        client: new Client({ connection, namespace }),
        native,
        namespace,
        close: async () => {
          await native.close();
          await connection.close();
        },
      };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ address: connectionOptions.address, reason }, 'Temporal is away; waiting for it');
      await delay(pauseMs, undefined, { signal: stopping }).catch(() => {});
    }
  }
  return null;
}

/** The id the namespace was created with: it tells a wiped server from a restarted one. */
export async function namespaceId({ client, namespace }: Temporal, withinMs = 5_000): Promise<string> {
  const described = await client.withDeadline(Date.now() + withinMs, () =>
    client.workflowService.describeNamespace({ namespace }),
  );
  return described.namespaceInfo?.id ?? namespace;
}

/** Upserting an attribute that the server does not know would stall every workflow, so they are registered first. */
export async function registerSearchAttributes(temporal: Temporal, log: Logger): Promise<void> {
  const { client, namespace } = temporal;
  const { operatorService } = client.connection as Connection;
  const types = { KEYWORD: 2, INT: 3, DATETIME: 6 } as const;
  const known = await operatorService.listSearchAttributes({ namespace });
  const missing = missingSearchAttributes(known.customAttributes);
  if (missing.length === 0) return;
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(
      missing.map((name) => [name, types[freeTierSearchAttributes[name]]]),
    ),
  });
  log.info({ attributes: missing }, 'search attributes registered');
}

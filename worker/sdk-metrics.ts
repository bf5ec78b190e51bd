import { type AddressInfo, createServer } from 'node:net';
import { Runtime, makeTelemetryFilterString } from '@temporalio/worker';

/** What Temporal's SDK counts, in Prometheus' form; nothing where it does not say it. */
export type SdkMetrics = () => Promise<string>;

const mostTries = 5;
const answerWithinMs = 1_000;

/** One that nobody has now; somebody may take it before the SDK does. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const install = (bindAddress: string): Runtime =>
  Runtime.install({
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN' }) },
      metrics: { prometheus: { bindAddress, useSecondsForDurations: true } },
    },
    shutdownSignals: [],
  });

/**
 * Installs Temporal's runtime. It serves its metrics at a port of its own; here they are asked for on this machine and told
 * with ours, so that Prometheus asks one address.
 */
export async function installRuntime(): Promise<SdkMetrics> {
  for (let tries = 1; ; tries += 1) {
    const address = `127.0.0.1:${await freePort()}`;
    try {
      install(address);
    } catch (error) {
      if (tries === mostTries) throw error;
      continue;
    }
    return async () => {
      try {
        const response = await fetch(`http://${address}/metrics`, {
          signal: AbortSignal.timeout(answerWithinMs),
        });
        return await response.text();
      } catch {
        return '';
      }
    };
  }
}

import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { missingSearchAttributes } from '../../domain/search-attributes.ts';
import { type Finding, failed, warned, well } from './finding.ts';

const answerWithinMs = 3_000;

export function examineNode(told = process.versions.node): Finding {
  const [major = 0, minor = 0] = told.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19)
    ? well('Node', `version ${told}`)
    : failed('Node', `version ${told}`, 'Install Node 20.19 or newer.');
}

/** Temporal as the `TEMPORAL_*` variables or a profile say, unless an address is given. */
export async function examineTemporal(address: string | null): Promise<readonly Finding[]> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const options = address === null ? connectionOptions : { ...connectionOptions, address };
  const where = options.address ?? 'localhost:7233';
  const connection = Connection.lazy(options);
  try {
    return await connection.withDeadline(Date.now() + answerWithinMs, async () => {
      await connection.workflowService.describeNamespace({ namespace });
      const { serverVersion } = await connection.workflowService.getSystemInfo({});
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      const missing = missingSearchAttributes(customAttributes);
      return [
        well('Temporal', `${where}, version ${serverVersion}, namespace ${namespace}`),
        missing.length === 0
          ? well('search attributes', 'all are registered')
          : failed(
              'search attributes',
              `missing: ${missing.join(', ')}`,
              'Start the worker, which registers them, or: temporal operator search-attribute create',
            ),
      ];
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      warned(
        'Temporal',
        `${where} does not answer: ${reason}`,
        'Sessions are admitted all the same. Start it, or correct TEMPORAL_ADDRESS; see docs/runbooks/temporal-down.md',
      ),
    ];
  } finally {
    await connection.close();
  }
}

export async function examineApi(url: string): Promise<Finding> {
  try {
    const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(answerWithinMs) });
    if (response.ok) return well('API', `${url} is ready`);
    return failed('API', `${url} answers ${response.status}: ${await response.text()}`, 'Its log says more.');
  } catch {
    return failed('API', `${url} does not answer`, 'Start it, or name another with --api.');
  }
}

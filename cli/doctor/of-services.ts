import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import {
  type SearchAttribute,
  freeTierSearchAttributes,
  missingSearchAttributes,
} from '../../domain/search-attributes.ts';
import { type Finding, failed, warned, well } from './finding.ts';

export function examineNode(told = process.versions.node): Finding {
  const [major = 0, minor = 0] = told.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19)
    ? well('Node', `version ${told}`)
    : failed('Node', `version ${told}`, 'Install Node 20.19 or newer.');
}

/** The oldest server that Stipend is tested with. */
const oldestTemporal = { major: 1, minor: 29 };

function serverFinding(where: string, namespace: string, told: string): Finding {
  const found = `${where}, version ${told}, namespace ${namespace}`;
  const [major = 0, minor = 0] = told.split('.').map(Number.parseFloat);
  const isOld =
    major < oldestTemporal.major || (major === oldestTemporal.major && minor < oldestTemporal.minor);
  return isOld
    ? warned(
        'Temporal',
        found,
        `Move to ${oldestTemporal.major}.${oldestTemporal.minor} or newer; older ones are not tested.`,
      )
    : well('Temporal', found);
}

const typesOfAttributes = { KEYWORD: 'Keyword', INT: 'Int', DATETIME: 'Datetime' } as const;

/** As it can be typed. */
const attributesCommand = (namespace: string, names: readonly SearchAttribute[]): string =>
  [
    `temporal operator search-attribute create --namespace ${namespace}`,
    ...names.map((name) => `--name ${name} --type ${typesOfAttributes[freeTierSearchAttributes[name]]}`),
  ].join(' ');

async function searchAttributes(connection: Connection, namespace: string): Promise<Finding> {
  const about = 'search attributes';
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = missingSearchAttributes(customAttributes);
    return missing.length === 0
      ? well(about, 'all are registered')
      : failed(
          about,
          `missing: ${missing.join(', ')}`,
          `Start the worker, which registers them, or: ${attributesCommand(namespace, missing)}`,
        );
  } catch (error) {
    return warned(
      about,
      `could not be listed: ${error instanceof Error ? error.message : String(error)}`,
      'Temporal Cloud tells them in its own UI: docs/operations.md says which there must be.',
    );
  }
}

/** Temporal as the `TEMPORAL_*` variables or a profile say, unless an address is given. `within`: milliseconds. */
export async function examineTemporal(address: string | null, within: number): Promise<readonly Finding[]> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const options = address === null ? connectionOptions : { ...connectionOptions, address };
  const where = options.address ?? 'localhost:7233';
  const connection = Connection.lazy(options);
  try {
    return await connection.withDeadline(Date.now() + within, async () => {
      await connection.workflowService.describeNamespace({ namespace });
      const { serverVersion } = await connection.workflowService.getSystemInfo({});
      return [serverFinding(where, namespace, serverVersion), await searchAttributes(connection, namespace)];
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

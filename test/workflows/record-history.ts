import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findTemporalBinary } from '../../local/temporal-binary.ts';

/**
 * `node --import tsx test/workflows/record-history.ts NAME WORKFLOW_ID [RUN_ID]`: keeps a history of a running stack
 * (TEMPORAL_ADDRESS, 127.0.0.1:7233) under test/histories, where every later version of the workflow must replay it.
 */
const [name, workflowId, runId] = process.argv.slice(2);
if (name === undefined || workflowId === undefined) {
  process.stderr.write('Give a name for the file, a workflow id and perhaps a run id.\n');
  process.exit(1);
}
const temporal = await findTemporalBinary((line) => process.stdout.write(`${line}\n`));
const address = process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233';
const run = runId === undefined ? [] : ['--run-id', runId];
const history = execFileSync(
  temporal,
  ['workflow', 'show', '--address', address, '--workflow-id', workflowId, ...run, '--output', 'json'],
  { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
);
const folder = fileURLToPath(new URL('../histories', import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/${name}.json`, `${JSON.stringify(JSON.parse(history))}\n`);

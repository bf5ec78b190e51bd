import { exitWith } from './plain-error.ts';
import { startPostgres } from './postgres.ts';

/**
 * Embedded Postgres in a process of its own, `postgres-process.ts DATA_FOLDER PORT`: the library stops its server on
 * every signal that its process receives, and the supervisor must outlive that.
 */
const [dataDir = '', port = ''] = process.argv.slice(2);

startPostgres({
  dataDir,
  port: Number(port),
  throwAway: process.env['STIPEND_THROW_AWAY'] === '1',
  onLog: (line) => process.stdout.write(`${line}\n`),
}).catch(exitWith);

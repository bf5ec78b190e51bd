import { migrate } from './migrate.ts';

/** `node ledger/migrate-command.js`: brings the database of DATABASE_URL to the newest schema. */
const url = process.env['DATABASE_URL'];
if (url === undefined || url === '') {
  console.error('Set DATABASE_URL to the Postgres to migrate, as a role that may create tables.');
  process.exit(1);
}
await migrate(url);
console.log('The ledger is at its newest schema.');

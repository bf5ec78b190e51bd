import { issueApiKey } from './api-keys.ts';
import { createPool } from './pool.ts';

/** `node ledger/admin-key-command.js`: issues an admin key on the database of DATABASE_URL and shows it once. */
const url = process.env['DATABASE_URL'];
if (url === undefined || url === '') {
  console.error('Set DATABASE_URL to the migrated Postgres of this Stipend.');
  process.exit(1);
}
const pool = createPool(url, { max: 1, applicationName: 'stipend-admin-key' });
const { secret } = await issueApiKey(
  pool,
  { appId: null, mode: 'live', scopes: ['admin'] },
  'admin-key command',
);
console.log(secret);
await pool.end();

import { Client } from 'pg';
import { PlainError } from './plain-error.ts';
import { waitUntil } from './wait-until.ts';

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export const postgresAnswers = (url: string): Promise<boolean> =>
  withClient(url, async (client) => {
    await client.query('select 1');
    return true;
  });

/** @throws PlainError where a database that was named by DATABASE_URL cannot be reached. */
export async function requireDatabase(url: string): Promise<void> {
  if (await waitUntil(() => postgresAnswers(url), { timeoutMs: 5_000, everyMs: 500 })) return;
  const { host } = new URL(url);
  throw new PlainError(
    `DATABASE_URL names a Postgres at ${host} that does not answer. Start it, correct the URL, or unset DATABASE_URL to use the embedded one.`,
  );
}

export async function ensureDatabase(serverUrl: string, name: string): Promise<void> {
  await withClient(serverUrl, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  });
}

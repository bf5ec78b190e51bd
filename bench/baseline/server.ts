import { randomUUID } from 'node:crypto';
import express, { type Request, type Response } from 'express';
import { Pool, type PoolClient } from 'pg';

/**
 * The quota check that people write by hand: one transaction that locks the user's counter, inserts the session and counts
 * it. No keys, no budget, no idempotency. It is what Stipend is measured against.
 */
const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 16 });

const month = (at: Date): string => at.toISOString().slice(0, 7) + '-01';
const monthAfter = (at: Date): string =>
  new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1)).toISOString();

type Usage = { readonly session_limit: number; readonly sessions_used: number };

async function lockUsage(client: PoolClient, user: string, of: string): Promise<Usage | null> {
  const { rows } = await client.query<Usage>({
    name: 'lock-usage',
    text: 'select session_limit, sessions_used from usage_months where user_id = $1 and month = $2 for update',
    values: [user, of],
  });
  return rows[0] ?? null;
}

async function insertSession(client: PoolClient, id: string, user: string): Promise<void> {
  await client.query({
    name: 'insert-session',
    text: 'insert into sessions (session_id, user_id) values ($1, $2)',
    values: [id, user],
  });
}

async function countSession(client: PoolClient, user: string, of: string): Promise<void> {
  await client.query({
    name: 'count-session',
    text: 'update usage_months set sessions_used = sessions_used + 1 where user_id = $1 and month = $2',
    values: [user, of],
  });
}

type Outcome =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly usage: Usage }
  | { readonly kind: 'admitted'; readonly session: string; readonly usage: Usage };

async function startSession(client: PoolClient, user: string, of: string): Promise<Outcome> {
  await client.query('begin');
  try {
    const usage = await lockUsage(client, user, of);
    if (usage === null || usage.sessions_used >= usage.session_limit) {
      await client.query('rollback');
      return usage === null ? { kind: 'unknown' } : { kind: 'refused', usage };
    }
    const session = randomUUID();
    await insertSession(client, session, user);
    await countSession(client, user, of);
    await client.query('commit');
    return { kind: 'admitted', session, usage: { ...usage, sessions_used: usage.sessions_used + 1 } };
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

function send(response: Response, outcome: Outcome, now: Date): void {
  if (outcome.kind === 'unknown') {
    response.status(404).json({ error: 'unknown user' });
    return;
  }
  const { session_limit: limit, sessions_used: used } = outcome.usage;
  const usage = { used, limit, remaining: limit - used, resets_at: monthAfter(now) };
  if (outcome.kind === 'refused') response.status(429).json({ error: 'limit reached', usage });
  else response.status(201).json({ session: { id: outcome.session }, usage });
}

const app = express();
app.disable('x-powered-by');
app.set('etag', false);
app.use(express.json());
app.get('/hello', (_request: Request, response: Response) => {
  response.json({ hello: 'world' });
});
app.post('/users/:id/sessions', async (request: Request<{ id: string }>, response: Response) => {
  const now = new Date();
  const client = await pool.connect();
  let outcome: Outcome;
  try {
    outcome = await startSession(client, request.params.id, month(now));
  } finally {
    client.release();
  }
  send(response, outcome, now);
});

const server = app.listen(Number(process.env['PORT']), '127.0.0.1');

process.once('SIGTERM', () => {
  server.close(() => void pool.end());
  server.closeAllConnections();
});

import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';

type Post = (path: string, body: unknown) => Promise<{ readonly status: number }>;

const batch = 500;
const atOnce = 16;

async function posted(post: Post, path: string, body: unknown): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const { status } = await post(path, body);
    if (status < 300) return;
    if (status < 500 && status !== 429) throw new Error(`${path} was answered ${status}`);
    await delay(100);
  }
  throw new Error(`${path} was not taken`);
}

/** Reports a call in every running session of these users, and ends it. */
export async function useAndEnd(db: Pool, prefix: string, post: Post): Promise<void> {
  const { rows } = await db.query<{ session_id: string }>(
    'select session_id from sessions where user_id like $1 and ended_at is null',
    [`${prefix}%`],
  );
  const sessions = rows.map(({ session_id: id }) => id);
  for (let from = 0; from < sessions.length; from += batch) {
    const events = sessions
      .slice(from, from + batch)
      .map((session) => ({ id: `used-${session}`, session, cost_usd: 0.01 }));
    await posted(post, '/v1/usage', { events });
  }
  const left = [...sessions];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let session = left.pop(); session !== undefined; session = left.pop())
        await posted(post, `/v1/sessions/${session}/end`, {});
    }),
  );
}

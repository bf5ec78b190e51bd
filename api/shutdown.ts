import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Balancers look every few seconds: until then they send requests to whoever was ready when they last looked. */
const saidGoodbyeMs = 1_000;
const answerWithinMs = 15_000;
const lookAgainMs = 50;

/**
 * Takes no more requests and waits for those that were taken. Connections that are kept alive are closed as soon as they are
 * idle: `close()` alone waited 6 s for them. What is not answered by the deadline is broken off.
 */
export async function stopServing(
  server: Server,
  { goodbyeMs = saidGoodbyeMs, deadlineMs = answerWithinMs } = {},
): Promise<void> {
  await delay(goodbyeMs);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const closing = setInterval(() => server.closeIdleConnections(), lookAgainMs);
  const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
  await closed;
  clearInterval(closing);
  clearTimeout(deadline);
}

import type { TestApp } from './product.ts';

const dayMs = 86_400_000;

/** Moves the app's clock to the next 6 o'clock UTC: a story of some hours is then on one day, whenever the test runs. */
export async function beginInTheMorning(app: TestApp): Promise<void> {
  const midnight = Math.floor(Date.now() / dayMs) * dayMs + dayMs;
  const to = new Date(midnight + dayMs / 4).toISOString();
  await app.call('POST', '/v1/test-clock/advance', { to, wait: false });
}

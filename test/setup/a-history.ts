import { beginInTheMorning } from './morning.ts';
import type { TestApp } from './product.ts';

/** A month of one user over HTTP with everything in it that a story may tell of. */
export async function liveAHistory(app: TestApp, user = 'ada'): Promise<void> {
  let calls = 0;
  const ask = async (body: object = {}) => app.call('POST', `/v1/users/${user}/sessions`, body);
  const admitted = async () => (await ask()).body.session.id as string;
  const use = (session: string, dollars: number) => {
    calls += 1;
    return app.call('POST', `/v1/sessions/${session}/usage`, { id: `call-${calls}`, cost_usd: dollars });
  };
  const end = (session: string) => app.call('POST', `/v1/sessions/${session}/end`);
  const wait = (by: string) => app.call('POST', '/v1/test-clock/advance', { by, wait: false });

  const authorize = (session: string, id: string) =>
    app.call('POST', `/v1/sessions/${session}/authorizations`, {
      id,
      model: 'claude-sonnet-4-5',
      input_tokens: 1_000,
      max_output_tokens: 1_000,
    });

  await beginInTheMorning(app);
  const first = await admitted();
  await use(first, 0.05);
  await authorize(first, 'used');
  await app.call('POST', `/v1/sessions/${first}/usage`, {
    id: 'authorized',
    model: 'claude-sonnet-4-5',
    input_tokens: 1_000,
    output_tokens: 400,
    authorization: 'used',
  });
  await authorize(first, 'forgotten');
  await end(first);
  // Given back unused, and taken again by usage that comes late.
  const unused = await admitted();
  await end(unused);
  await use(unused, 0.01);
  // Left open, and expired.
  const left = await admitted();
  await use(left, 0.25);
  await wait('PT40M');
  await ask();
  await wait('P1D');
  for (let number = 0; number < 3; number += 1) {
    const session = await admitted();
    await app.call('POST', `/v1/sessions/${session}/usage`, {
      id: `tokens-${number}`,
      model: 'claude-sonnet-4-5',
      input_tokens: 1_000,
      output_tokens: 500,
    });
    await end(session);
  }
  await ask();
  await wait('P1D');
  const seventh = await admitted();
  await use(seventh, 0.1);
  await end(seventh);
  await app.growth('POST', `/v1/users/${user}/grants`, {
    sessions: 2,
    budget_usd: 0.5,
    until: null,
    reason: 'a good customer',
  });
  await wait('P1D');
  // An attempt every second or so raises a flag; a person lifts it.
  for (let number = 0; number < 25; number += 1) await ask();
  const { reviews } = (await app.growth('GET', '/v1/reviews')).body;
  await app.growth('POST', `/v1/reviews/${reviews[0].id}/decision`, { decision: 'approve', note: 'a class' });
  await wait('PT2H');
  const last = await admitted();
  await use(last, 0.02);
  await end(last);
}

import type { Call } from './client.ts';
import type { Conversation, DemoUser, Visit } from './population.ts';
import { type Tally, countRefusal } from './tally.ts';

type Running = {
  readonly id: string;
  readonly model: string;
  readonly conversation: Conversation;
  turn: number;
  isOver: boolean;
};

/** Asks for a session as a product would: a user who is asked to confirm says yes or leaves it. */
async function ask(call: Call, tally: Tally, user: DemoUser, saysYes: boolean) {
  tally.asked += 1;
  const path = `/v1/users/${user.id}/sessions`;
  const first = await call('POST', path, {});
  if (first.body.outcome === 'confirm' && !saysYes) {
    tally.declined += 1;
    return null;
  }
  const answer = first.body.outcome === 'confirm' ? await call('POST', path, { confirmed: true }) : first;
  if (first.body.outcome === 'confirm') tally.confirmed += 1;
  if (answer.body.session === undefined) {
    countRefusal(tally, answer.body.limited_by ?? 'unknown');
    return null;
  }
  tally.admitted += 1;
  return answer.body.session;
}

/** One call of the conversation, reported by its tokens; a client that lost the answer reports it again. */
async function takeTurn(call: Call, tally: Tally, running: Running): Promise<void> {
  const request = running.conversation.requests[running.turn];
  if (request === undefined) {
    running.isOver = true;
    return;
  }
  running.turn += 1;
  tally.calls += 1;
  const event = {
    id: `${running.id}-${running.turn}`,
    model: running.model,
    input_tokens: request.inputTokens,
    output_tokens: request.outputTokens,
    input_sketch: `${request.inputTokens}-${request.outputTokens}`,
  };
  const path = `/v1/sessions/${running.id}/usage`;
  const answer = await call('POST', path, event);
  if (running.conversation.isRepeated) {
    tally.callsRepeated += 1;
    await call('POST', path, event);
  }
  if (answer.body.continue === false) {
    running.isOver = true;
    tally.stopped += 1;
    countRefusal(tally, answer.body.limited_by ?? 'unknown');
  }
}

async function converse(call: Call, tally: Tally, user: DemoUser, conversations: readonly Conversation[]) {
  const running: Running[] = [];
  for (const conversation of conversations) {
    const session = await ask(call, tally, user, conversation.saysYes);
    if (session === null) continue;
    running.push({ id: session.id, model: session.models[0] ?? '', conversation, turn: 0, isOver: false });
  }
  // They overlap: each takes a turn before any takes its next.
  while (running.some((one) => !one.isOver)) {
    for (const one of running.filter((each) => !each.isOver)) await takeTurn(call, tally, one);
  }
  for (const one of running.filter((each) => !each.conversation.isAbandoned)) {
    await call('POST', `/v1/sessions/${one.id}/end`);
  }
}

/** A script asks as fast as it is answered; on its first day it registers first. */
async function burst(call: Call, tally: Tally, visit: Extract<Visit, { kind: 'burst' }>, now: string) {
  const { user } = visit;
  if (visit.isNew) {
    await call('PUT', `/v1/users/${user.id}`, {
      registered_at: now,
      plan: user.plan,
      time_zone: user.timeZone,
    });
  }
  for (let attempt = 0; attempt < visit.attempts; attempt += 1) await ask(call, tally, user, true);
}

export function play(call: Call, tally: Tally, visit: Visit, now: string): Promise<void> {
  switch (visit.kind) {
    case 'burst':
      return burst(call, tally, visit, now);
    case 'conversations':
      return converse(call, tally, visit.user, visit.conversations);
    default:
      return visit satisfies never;
  }
}

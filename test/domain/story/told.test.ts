import { expect, test } from 'vitest';
import { answerInWords, checkInWords } from '../../../domain/story/answer.ts';
import { explainDecision } from '../../../domain/story/explanation.ts';
import { instantInWords } from '../../../domain/story/figures.ts';
import { standAt } from '../../../domain/story/replay.ts';
import { storyPage } from '../../../domain/story/story.ts';
import { inWords } from '../../../domain/story/words.ts';
import { lives } from './lives.ts';

const passage = { from: null, to: null, period: null, newestFirst: false, limit: 500, after: null };

/** The whole story: each entry in words and, below, in figures; then what became of a session asked for at the end. */
function told(name: string): string {
  const { account, record } = (lives[name] ?? (() => expect.unreachable()))();
  const context = account.context();
  const { entries } = storyPage(record, passage, context);
  const lines = entries.flatMap((entry) => {
    const { id: _id, at, ...figures } = entry;
    return [`${instantInWords(at)} ${inWords(entry)}`, `    ${JSON.stringify(figures)}`];
  });
  const explanation = explainDecision(standAt(record, { at: account.now }, context), context);
  const checks = explanation.checks.map(checkInWords);
  const { userId } = account.state.account;
  return [
    ...lines,
    '',
    answerInWords(userId, account.now, explanation),
    ...checks.map(({ arithmetic, verdict, source }) => `    ${arithmetic} | ${verdict} | ${source}`),
    `    ${JSON.stringify(explanation)}`,
    '',
  ].join('\n');
}

test.each(Object.keys(lives))('a life is told as it was last read through: %s', async (name) => {
  await expect(told(name)).toMatchFileSnapshot(`told/${name}.txt`);
});

test('between them the lives hold every kind of entry, act, limit and reason', () => {
  const everything = Object.keys(lives).map(told).join('\n');
  for (const kind of [
    'period_opened',
    'session_admitted',
    'session_refused',
    'call_authorized',
    'authorization_expired',
    'usage_counted',
    'session_ended',
    'step_crossed',
    'nudge_decided',
    'reset_announced',
    'review_opened',
    'act',
    'policy_changed',
  ])
    expect(everything).toContain(`"kind":"${kind}"`);
  for (const act of [
    'flag',
    'approve',
    'reject',
    'recheck',
    'grant',
    'override',
    'withdraw',
    'upgrade',
    'downgrade',
  ])
    expect(everything).toContain(`"kind":"${act}"`);
  for (const limit of ['month', 'day', 'usage', 'concurrent', 'probation', 'review', 'suspended'])
    expect(everything).toContain(`"limit":"${limit}"`);
  for (const reason of ['as_usual', 'ceiling', 'ladder', 'room'])
    expect(everything).toContain(`"because":"${reason}"`);
});

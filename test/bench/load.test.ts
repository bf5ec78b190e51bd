import { describe, expect, test } from 'vitest';
import { readAnswer } from '../../bench/load/http-connection.ts';
import type { Spread } from '../../bench/load/plan.ts';
import { drawUsers } from '../../bench/load/users.ts';
import { isAdmissionOf, parameterNames, pgbenchScript } from '../../bench/pgbench-script.ts';
import { readPgbenchOutput } from '../../bench/pgbench.ts';

const draw = (count: number, spread: Spread, times: number) => {
  const next = drawUsers(count, spread, 7);
  return Array.from({ length: times }, next);
};

describe('the users of a leg', () => {
  test('each once are all of them, and then none', () => {
    expect(draw(3, 'each-once', 4)).toEqual([0, 1, 2, null]);
  });

  test('drawn evenly lie in the range and are about equally frequent', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (const user of draw(10, 'uniform', 10_000)) counts[user ?? -1]! += 1;
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  test('by the law of Zipf: the first of a thousand is asked for twice as often as the second', () => {
    const counts = new Map<number | null, number>();
    for (const user of draw(1_000, 'zipf', 50_000)) counts.set(user, (counts.get(user) ?? 0) + 1);
    const [first = 0, second = 0] = [...counts.values()].sort((left, right) => right - left);
    expect(first / second).toBeGreaterThan(1.8);
    expect(first / second).toBeLessThan(2.2);
  });

  test('one hot at a time get 200 requests in a row', () => {
    expect(draw(2, 'one-hot', 401).filter((user) => user === 0)).toHaveLength(201);
  });
});

describe('an answer', () => {
  const answer = 'HTTP/1.1 201 Created\r\nContent-Length: 3\r\nX: y\r\n\r\nabc';

  test('is read once it is whole, and leaves what follows', () => {
    expect(readAnswer(Buffer.from(answer.slice(0, -1)))).toBeNull();
    expect(readAnswer(Buffer.from(`${answer}HTTP/1.1 200`))).toEqual({
      answer: { status: 201, body: 'abc' },
      length: answer.length,
    });
  });

  test('without its length is an error, not a wait for ever', () => {
    expect(() => readAnswer(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('Content-Length');
  });
});

describe('pgbench', () => {
  const user = 'captured-0000000';
  const told: Readonly<Record<string, string>> = {
    user_id: `{"${user}"}`,
    base: '{4}',
    decided_at: '{1795573894989}',
    version: '{5}',
    admitted_version: '{5}',
    session_id: '{"ses_0198"}',
    cap_micro_usd: '{5}',
  };
  const parameters = parameterNames.map((name) => told[name] ?? '{0}');
  const marked = parameters.map((_value, index) => `/* ${parameterNames[index]} */ $${index + 1}`);
  const script = pgbenchScript(
    { statement: `select ${marked.join(', ')} -- a note: of ours`, user, parameters },
    { prefix: 'c001-', accountsPerClient: 100 },
  );

  test('knows an admission of a user by its parameters', () => {
    expect(isAdmissionOf(user, parameters)).toBe(true);
    expect(isAdmissionOf('somebody-else', parameters)).toBe(false);
  });

  test('is told the statement with what differs from admission to admission computed', () => {
    expect(script).toContain('\\set v 4 + :i / 100');
    expect(script).toContain(`/* user_id */ ('{"' || 'c001-' || lpad((:a)::text, 7, '0') || '"}')`);
    expect(script).toContain(`/* base */ ('{"' || (:v)::text || '"}')`);
    expect(script).toContain(`/* version */ ('{"' || ((:v)::bigint + 1)::text || '"}')`);
    expect(script).toContain(`/* admitted_version */ ('{"' || ((:v)::bigint + 1)::text || '"}')`);
    expect(script).toContain(`/* session_id */ ('{"' || 'ses_c001-'`);
  });

  test('is told everything else as the API wrote it', () => {
    expect(script).toContain(`/* cap_micro_usd */ ('{5}')`);
    expect(script).not.toContain('a note: of ours');
  });

  test('finds no variable of its own in the JSON', () => {
    const names = [...script.matchAll(/(?<!:):([a-z_]\w*)/gi)].map((match) => match[1]);
    expect(new Set(names)).toEqual(new Set(['i', 'client_id', 'a', 'v']));
  });

  test('is read by its own words', () => {
    const output =
      'number of transactions actually processed: 3045\ntps = 305.4 (without initial connection time)';
    expect(readPgbenchOutput(output)).toEqual({ perSecond: 305.4, transactions: 3_045 });
    expect(() => readPgbenchOutput('ERROR')).toThrow('ERROR');
  });
});

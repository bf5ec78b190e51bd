import { describe, expect, test } from 'vitest';
import { userView } from '../../../domain/usage-view.ts';
import { AnAccount, at, policyWith } from '../an-account.ts';

const day = 24 * 60 * 60 * 1_000;

function plays(limit: number) {
  const policy = policyWith((plan) => ({
    ...plan,
    sessions: { ...plan.sessions, per_day: null, per_month: limit },
  }));
  const account = new AnAccount(at('2026-11-01T10:00:00Z'), policy);
  const answers = Array.from({ length: limit + 1 }, () => {
    const crossedBefore = account.added.crossings.length;
    const outcome = account.session();
    const crossed = account.added.crossings.slice(crossedBefore).map(({ threshold }) => threshold);
    const { stage } = userView(account.state, account.context(), { kind: 'standing' });
    account.forward(day / 4);
    return { outcome, crossed, stage };
  });
  return answers;
}

describe('ten sessions', () => {
  const answers = () => plays(10);
  test.each([
    [6, 'admitted', [], 'clear'],
    [7, 'admitted', [70], 'indicator'],
    [8, 'admitted', [], 'indicator'],
    [9, 'admitted', [85], 'nudge'],
    [10, 'confirm', [95, 100], 'cutoff'],
    [11, 'refused', [], 'cutoff'],
  ])('session %i: %s, crosses %j, then stands at %s', (number, outcome, crossed, stage) => {
    expect(answers()[number - 1]).toEqual({ outcome, crossed, stage });
  });
});

describe.each([1, 2, 3, 5, 10, 15, 20])('a limit of %i', (limit) => {
  const answers = () => plays(limit);

  test('admits exactly that many and refuses the next', () => {
    const admitted = answers().filter(({ outcome }) => outcome !== 'refused');
    expect(admitted).toHaveLength(limit);
    expect(answers().at(-1)?.outcome).toBe('refused');
  });

  test('crosses every threshold once, in order', () => {
    expect(answers().flatMap(({ crossed }) => crossed)).toEqual([70, 85, 95, 100]);
  });

  test('asks before the last session only from five sessions on, or where a warning came before', () => {
    const asked = answers().filter(({ outcome }) => outcome === 'confirm').length;
    expect(asked > 0).toBe(limit >= 5);
  });
});

const limits = [1, 2, 3, 5, 10, 15, 20];

/** Every session of every limit as a page for people; `vitest -u` writes it after a change that was meant. */
function ladderPage(): string {
  const tables = limits.map((limit) => {
    const rows = plays(limit).map(
      ({ outcome, crossed, stage }, index) =>
        `| ${index + 1} | ${outcome} | ${crossed.map((step) => `${step} %`).join(', ') || '–'} | ${stage} |`,
    );
    const head = `## ${limit} ${limit === 1 ? 'session' : 'sessions'}`;
    return `${head}\n\n| session | first answer | thresholds crossed by its end | stage after it |\n| ---: | --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `# The ladder, session by session

Written by the tests from the rules. Each session spends a cent and ends; one that is asked about is confirmed.

${tables.join('\n')}`;
}

test('docs/ladder.md shows what the rules do', async () => {
  await expect(ladderPage()).toMatchFileSnapshot('../../../docs/ladder.md');
});

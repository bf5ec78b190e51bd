import { describe, expect, test } from 'vitest';
import { instant } from '../../../domain/instant.ts';
import { type Passage, type StoryPage, storyPage } from '../../../domain/story/story.ts';
import { lives } from './lives.ts';

const whole: Passage = { from: null, to: null, period: null, newestFirst: false, limit: 500, after: null };

function page(passage: Partial<Passage> = {}): StoryPage {
  const life = lives['ordinary'];
  if (life === undefined) throw new Error('no such life');
  const { account, record } = life();
  return storyPage(record, { ...whole, ...passage }, account.context());
}

const idsOf = ({ entries }: StoryPage): readonly string[] => entries.map(({ id }) => id);
const placeOf = ({ id, at }: StoryPage['entries'][number]) => ({ id, at });

describe('of a story may be asked for', () => {
  test('what lies from one instant to before another', () => {
    const { entries } = page();
    const [from, to] = [entries[4], entries.at(-4)];
    if (from === undefined || to === undefined) throw new Error('too short');
    const between = entries.filter(({ at }) => at >= from.at && at < to.at).map(({ id }) => id);
    expect(idsOf(page({ from: from.at, to: to.at }))).toEqual(between);
    expect(between).toContain(from.id);
    expect(between).not.toContain(to.id);
    expect(idsOf(page({ from: from.at }))).toEqual(
      entries.filter(({ at }) => at >= from.at).map(({ id }) => id),
    );
    expect(idsOf(page({ to: to.at }))).toEqual(entries.filter(({ at }) => at < to.at).map(({ id }) => id));
  });

  test('one period, with all that happened while it ran', () => {
    const second = page({ period: 2 });
    expect(second.entries.map(({ kind }) => kind)).toEqual([
      'period_opened',
      'reset_announced',
      'session_admitted',
      'usage_counted',
      'session_ended',
    ]);
    const kinds = new Set(page({ period: 1 }).entries.map(({ kind }) => kind));
    expect(kinds).toContain('session_refused');
    expect(kinds).toContain('nudge_decided');
    expect(page({ period: 1 }).entries.length + second.entries.length).toBe(page().entries.length);
    expect(page({ period: 3 })).toEqual({ entries: [], next: null });
  });

  test('so many entries, and those after them', () => {
    const all = idsOf(page());
    const first = page({ limit: 3 });
    expect(idsOf(first)).toEqual(all.slice(0, 3));
    expect(first.next).toEqual(placeOf(first.entries[2]!));
    const rest = page({ after: first.next });
    expect(idsOf(rest)).toEqual(all.slice(3));
    expect(rest.next).toBeNull();
  });

  test('exactly all of them: then there is no next page', () => {
    const all = idsOf(page());
    expect(page({ limit: all.length }).next).toBeNull();
    expect(page({ limit: all.length - 1 }).next).not.toBeNull();
  });

  test('the newest first', () => {
    const all = idsOf(page()).toReversed();
    const first = page({ newestFirst: true, limit: 2 });
    expect(idsOf(first)).toEqual(all.slice(0, 2));
    expect(idsOf(page({ newestFirst: true, after: first.next }))).toEqual(all.slice(2));
  });
});

describe('an entry that is gone, as attempts are forgotten, is gone on from by its instant', () => {
  const gone = (at: number) => ({ id: 'session_refused:gone', at: instant(at) });

  test('to what came later', () => {
    const { entries } = page();
    const { at } = entries[6]!;
    expect(idsOf(page({ after: gone(at) }))).toEqual(
      entries.filter((entry) => entry.at > at).map(({ id }) => id),
    );
    expect(page({ after: gone(entries.at(-1)!.at) })).toEqual({ entries: [], next: null });
  });

  test('to what came before, where the newest are first', () => {
    const { entries } = page();
    const { at } = entries[6]!;
    expect(idsOf(page({ newestFirst: true, after: gone(at) }))).toEqual(
      entries
        .filter((entry) => entry.at < at)
        .map(({ id }) => id)
        .toReversed(),
    );
    expect(page({ newestFirst: true, after: gone(entries[0]!.at) })).toEqual({ entries: [], next: null });
  });
});

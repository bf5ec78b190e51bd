import type { Instant } from '../instant.ts';
import type { Entry } from './entry.ts';
import { type Happening, happeningsOf } from './happening.ts';
import type { AccountRecord } from './record.ts';
import { replay } from './replay.ts';
import type { ReplayContext } from './beginning.ts';
import { periodOfHappening, tell } from './tell.ts';

/** Which part of a story is asked for. */
export type Passage = {
  /** Half-open, `[from, to)`. */
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly period: number | null;
  readonly newestFirst: boolean;
  readonly limit: number;
  /** The entry after which to go on, as the page before ended. */
  readonly after: { readonly id: string; readonly at: Instant } | null;
};

export type StoryPage = {
  readonly entries: readonly Entry[];
  /** Null: there is no more. */
  readonly next: Passage['after'];
};

/** The number of the period that ran at each happening: the last one that had opened. */
function withPeriods(happenings: readonly Happening[]): readonly (readonly [Happening, number | null])[] {
  let running: number | null = null;
  return happenings.map((happening) => {
    if (happening.kind === 'period_opened') running = happening.period.number;
    return [happening, periodOfHappening(happening, running)];
  });
}

function selected(record: AccountRecord, { from, to, period }: Passage): readonly Happening[] {
  return withPeriods(happeningsOf(record))
    .filter(
      ([{ at }, number]) =>
        (from === null || at >= from) && (to === null || at < to) && (period === null || number === period),
    )
    .map(([happening]) => happening);
}

/** Where to go on. An entry that is gone, as forgotten attempts are, is looked for by its instant. */
function startOf(happenings: readonly Happening[], { after, newestFirst }: Passage): number {
  if (after === null) return 0;
  const known = happenings.findIndex(({ id }) => id === after.id);
  if (known !== -1) return known + 1;
  const beyond = happenings.findIndex(({ at }) => (newestFirst ? at < after.at : at > after.at));
  return beyond === -1 ? happenings.length : beyond;
}

/** A page of the story. The replay runs from the beginning each time, and only what is asked for is told. */
export function storyPage(record: AccountRecord, passage: Passage, context: ReplayContext): StoryPage {
  const inOrder = selected(record, passage);
  const happenings = passage.newestFirst ? inOrder.toReversed() : inOrder;
  const start = startOf(happenings, passage);
  const page = happenings.slice(start, start + passage.limit);
  const wanted = new Set(page.map(({ id }) => id));
  const told = new Map<string, Entry>();
  if (wanted.size > 0) {
    for (const replayed of replay(record, context)) {
      if (wanted.has(replayed.happening.id)) told.set(replayed.happening.id, tell(replayed, context));
      if (told.size === wanted.size) break;
    }
  }
  const last = page.at(-1);
  const isLast = start + passage.limit >= happenings.length;
  return {
    entries: page.flatMap(({ id }) => told.get(id) ?? []),
    next: last === undefined || isLast ? null : { id: last.id, at: last.at },
  };
}

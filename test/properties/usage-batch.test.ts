import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PlacedEvent, countBatch } from '../../api/count-batch.ts';
import { batchEvent } from '../../api/contract/usage-batch.ts';
import { countEvent } from '../../api/count-event.ts';
import { Problem } from '../../api/problems/problem.ts';
import type { DecisionContext } from '../../domain/account/context.ts';
import { type AccountState, nothingAdded } from '../../domain/account/state.ts';
import { sessionId } from '../../domain/ids.ts';
import { minute } from '../../domain/instant.ts';
import type { StoredUsageEvent } from '../../ledger/account-snapshot.ts';
import { AnAccount, at } from '../domain/an-account.ts';
import { nothingMade, steps, take } from '../domain/story/random-life.ts';
import { chosenSeed, report } from './seed.ts';

/** One event as a caller draws it: of any session the account has had, however long ago that ended. */
const drawn = fc.record({
  session: fc.nat(20),
  // Few names, so that ids repeat, with the same figures and with others.
  name: fc.nat(9),
  figures: fc.oneof(
    fc.record({ cents: fc.integer({ min: 0, max: 30 }) }),
    fc.record({
      model: fc.constantFrom('claude-sonnet-4-5', 'gpt-5-mini', 'no such model'),
      input: fc.nat(20_000),
      output: fc.nat(5_000),
    }),
  ),
  authorization: fc.option(fc.nat(6)),
  // Minutes before now; a negative one lies in the future and is refused.
  ago: fc.option(fc.integer({ min: -10, max: 3 * 24 * 60 })),
  sketch: fc.option(fc.constantFrom('a', 'b', 'c')),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never;

/** An account after a random life, and the sessions and authorizations that events may name. */
function lived(life: Parameters<typeof take>[2][]) {
  const account = new AnAccount(at('2026-01-31T10:00:00Z'));
  const made = nothingMade();
  account.ask();
  for (const step of life) take(account, made, step);
  return { account, sessions: account.state.sessions.map(({ id }) => id), made };
}

type Lived = ReturnType<typeof lived>;

function eventsOf({ account, sessions, made }: Lived, all: readonly Drawn[]): PlacedEvent[] {
  return all.map(({ session, name, figures, authorization, ago, sketch }, index) => {
    const named = made.authorizations[(authorization ?? 0) % Math.max(1, made.authorizations.length)];
    const body = {
      id: `event ${name}`,
      session: sessions[session % sessions.length],
      ...('cents' in figures
        ? { cost_usd: figures.cents / 100 }
        : { model: figures.model, input_tokens: figures.input, output_tokens: figures.output }),
      ...(authorization === null || named === undefined ? {} : { authorization: named.id }),
      ...(ago === null ? {} : { occurred_at: new Date(account.now - ago * minute).toISOString() }),
      ...(sketch === null ? {} : { input_sketch: sketch }),
    };
    return { index, event: batchEvent.parse(body) };
  });
}

type Counted = {
  readonly state: AccountState;
  readonly added: AccountState['added'];
  readonly results: readonly unknown[];
  readonly known: readonly StoredUsageEvent[];
};

/** What a decision leaves behind once it is committed. */
function commit(before: Counted, state: AccountState, results: readonly unknown[]): Counted {
  const { added } = state;
  return {
    state: {
      ...state,
      added: nothingAdded,
      account: { ...state.account, version: state.account.version + 1 },
    },
    added: {
      usageEvents: [...before.added.usageEvents, ...added.usageEvents],
      crossings: [...before.added.crossings, ...added.crossings],
      commands: [...before.added.commands, ...added.commands],
      reviews: [...before.added.reviews, ...added.reviews],
    },
    results: [...before.results, ...results],
    known: [...before.known, ...added.usageEvents],
  };
}

/** Counts events as a batch does: in one decision. */
function count(before: Counted, events: readonly PlacedEvent[], context: DecisionContext): Counted {
  const loaded = { state: before.state, usageEvents: before.known };
  const { state, answer } = countBatch(events, loaded, context);
  return commit(
    before,
    state,
    answer.results.map(({ result: { problem, id: _id, session: _session, ...result } }) =>
      problem === undefined ? result : { ...result, problem: problem.type },
    ),
  );
}

/** Counts one event as the single route does. */
function countAlone(before: Counted, { event }: PlacedEvent, context: DecisionContext): Counted {
  const { session, ...body } = event;
  const known = before.known.find(({ id }) => id === event.id) ?? null;
  try {
    const { state, answer } = countEvent(before.state, known, sessionId(session), body, context);
    const { limitedBy, authorization } = answer;
    return commit(before, state, [
      {
        status: 'counted',
        continue: answer.continue,
        limited_by: limitedBy,
        ...(authorization === null ? {} : { authorization }),
      },
    ]);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return commit(before, before.state, [{ status: 'refused', problem: error.toDocument().type }]);
  }
}

const uncounted = ({ account }: Lived): Counted => ({
  state: account.state,
  added: nothingAdded,
  results: [],
  known: account.added.usageEvents,
});

/** Versions number the decisions, and there are more of them one by one. */
const versions = new Set([
  'version',
  'ordinal',
  'admittedVersion',
  'endedVersion',
  'givenBackVersion',
  'foldedThrough',
]);
const withoutVersions = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner: unknown) => (versions.has(key) ? undefined : inner)));

/** Runs a property under a seed that every log shows. */
function promise<Values extends [unknown, ...unknown[]]>(property: fc.IPropertyWithHooks<Values>): void {
  const seed = chosenSeed();
  report(`usage batches: STIPEND_SEED=${seed}`);
  const check = fc.check(property, { numRuns: 400, seed });
  expect(check.failed ? fc.defaultReportMessage(check) : null).toBeNull();
}

test('a batch leaves the account, its rows and its answers as its events would one after the other', () => {
  promise(
    fc.property(steps, fc.array(drawn, { minLength: 1, maxLength: 25 }), (life, all) => {
      const account = lived(life);
      const events = eventsOf(account, all);
      const context = account.account.context();
      const start = uncounted(account);
      const atOnce = count(start, events, context);
      const oneByOne = events.reduce((before, event) => countAlone(before, event, context), start);
      expect(withoutVersions(atOnce)).toEqual(withoutVersions(oneByOne));
    }),
  );
});

const books = ({ state, added }: Counted) => ({
  day: state.account.day,
  periods: state.periods,
  sessions: state.sessions.map((session) => ({ ...session, givenBackVersion: null, endedVersion: null })),
  steps: added.crossings.map(({ period, threshold }) => `${period}: ${threshold}`).sort(),
  events: added.usageEvents.map(({ id }) => id).sort(),
});

/** Each id with one set of figures, in any order, some of them several times. */
const shuffledWithRepeats = (events: readonly PlacedEvent[], order: readonly number[]): PlacedEvent[] =>
  order
    .flatMap((nth) => events[nth % events.length] ?? [])
    .concat(events)
    .map(({ event }, index) => ({ index, event }));

test('a batch may come in any order and with repeats: the books are the same, and each call is in them once', () => {
  promise(
    fc.property(
      steps,
      fc.array(drawn, { minLength: 1, maxLength: 15 }),
      fc.array(fc.nat(40), { maxLength: 30 }),
      (life, all, order) => {
        const account = lived(life);
        // Which of two calls finds what an authorization has left free is a matter of their order.
        const alone = all.map((one, index) => ({ ...one, name: index, authorization: null }));
        const events = eventsOf(account, alone);
        const context = account.account.context();
        const inOrder = count(uncounted(account), events, context);
        const shuffled = count(uncounted(account), shuffledWithRepeats(events, order), context);
        expect(books(shuffled)).toEqual(books(inOrder));
        const halves = [events.slice(0, 7), events, events.slice(7)];
        const inParts = halves.reduce((before, part) => count(before, part, context), uncounted(account));
        expect(books(inParts)).toEqual(books(inOrder));
      },
    ),
  );
});

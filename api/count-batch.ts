import type { z } from 'zod';
import type { DecisionContext } from '../domain/account/context.ts';
import type { MicroUsd } from '../domain/money.ts';
import { noMoney, plus } from '../domain/money.ts';
import { sessionId } from '../domain/ids.ts';
import type { LoadedAccount, StoredUsageEvent } from '../ledger/account-snapshot.ts';
import type { Decision } from '../ledger/decision.ts';
import { type BatchResult, batchEvent } from './contract/usage-batch.ts';
import { usualEvent } from './contract/usual-usage-event.ts';
import { countEvent } from './count-event.ts';
import { fromError } from './problems/from-error.ts';
import { fromZod } from './problems/from-zod.ts';
import { wanted } from './problems/wanted.ts';
import { Problem } from './problems/problem.ts';

/** An event of a batch that fits the contract, and its place there. */
export type PlacedEvent = { readonly index: number; readonly event: z.output<typeof batchEvent> };

type PlacedResult = { readonly index: number; readonly result: BatchResult };

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The problem of one event, with its pointers as they stand in the whole body. */
function refused(
  index: number,
  named: { readonly id?: unknown; readonly session?: unknown },
  problem: Problem,
): PlacedResult {
  const { errors, ...document } = problem.toDocument();
  const placed = (errors ?? []).map((error) =>
    error.pointer === undefined ? error : { ...error, pointer: `/events/${index}${error.pointer}` },
  );
  const { id, session } = named;
  return {
    index,
    result: {
      id: textOf(id),
      session: textOf(session),
      status: 'refused',
      problem: { ...document, ...(placed.length === 0 ? {} : { errors: placed }) },
    },
  };
}

/** Reads one event; a result where it does not fit. */
export function readEvent(raw: Readonly<Record<string, unknown>>, index: number): PlacedEvent | PlacedResult {
  const usual = usualEvent(raw);
  if (usual !== null) return { index, event: usual };
  const parsed = batchEvent.safeParse(raw, { error: wanted });
  return parsed.success ? { index, event: parsed.data } : refused(index, raw, fromZod('body', parsed.error));
}

/** Every event of a session refused for one reason. @throws what nobody foresaw */
export function refuseAll(events: readonly PlacedEvent[], error: unknown): readonly PlacedResult[] {
  const problem = fromError(error);
  if (problem === null) throw error;
  return events.map(({ index, event }) => refused(index, event, problem));
}

export const unknownSession = (): Problem =>
  new Problem('not-found', 'session: this app has no such session', {
    errors: [{ in: 'body', pointer: '/session', message: 'this app has no such session' }],
  });

export type CountedBatch = { readonly results: readonly PlacedResult[]; readonly overshoot: MicroUsd };

/** Counts a session's events one after the other by the single route's rules; one that fails leaves no trace. */
export function countBatch(
  events: readonly PlacedEvent[],
  loaded: Pick<LoadedAccount, 'state' | 'usageEvents'>,
  context: DecisionContext,
): Decision<CountedBatch> {
  const known = new Map<string, StoredUsageEvent>(loaded.usageEvents.map((event) => [event.id, event]));
  const results: PlacedResult[] = [];
  let { state } = loaded;
  let overshoot = noMoney;
  for (const { index, event } of events) {
    const { session } = event;
    const repeated = known.get(event.id) ?? null;
    try {
      const counted = countEvent(state, repeated, sessionId(session), event, context);
      const { answer } = counted;
      state = counted.state;
      overshoot = plus(overshoot, answer.overshoot);
      const added = state.added.usageEvents.at(-1);
      if (repeated === null && added !== undefined) known.set(event.id, added);
      results.push({
        index,
        result: {
          id: event.id,
          session,
          status: 'counted',
          continue: answer.continue,
          limited_by: answer.limitedBy,
          ...(answer.authorization === null ? {} : { authorization: answer.authorization }),
        },
      });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      results.push(refused(index, event, error));
    }
  }
  return { state, answer: { results, overshoot } };
}

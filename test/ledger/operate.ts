import { AccountBusy } from '../../ledger/decision.ts';
import { ask, askTwice, end, repeatUse, review, tell, use } from './session-acts.ts';
import { authorize, bill, grant, settle } from './terms-acts.ts';
import { type Traffic, type TrafficAct, pick } from './traffic.ts';

const kinds: readonly { readonly act: TrafficAct; readonly weight: number }[] = [
  { act: ask, weight: 46 },
  { act: askTwice, weight: 2 },
  { act: use, weight: 22 },
  { act: repeatUse, weight: 2 },
  { act: end, weight: 18 },
  { act: tell, weight: 4 },
  { act: review, weight: 8 },
  { act: authorize, weight: 6 },
  { act: settle, weight: 6 },
  { act: grant, weight: 2 },
  { act: bill, weight: 1 },
];
const pool = kinds.flatMap(({ act, weight }) => Array.from({ length: weight }, () => act));

const lockNotAvailable = '55P03';

/** Both are answered 503 with Retry-After: nothing was written. */
const isToldToComeAgain = (error: unknown): boolean =>
  error instanceof AccountBusy ||
  (error instanceof Error && 'code' in error && error.code === lockNotAvailable);

/** One random operation by one process. A caller that is told to come again is a caller that was told the truth. */
export async function operate(traffic: Traffic): Promise<void> {
  const { random, told, processes } = traffic;
  told.operations += 1;
  try {
    await pick(random, pool)(traffic, pick(random, processes));
  } catch (error) {
    if (!isToldToComeAgain(error)) throw error;
    told.busy += 1;
  }
}

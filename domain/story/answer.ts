import type { UserId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import type { Check, Explanation } from './explanation.ts';
import { arithmetic, dollarsInWords, instantInWords, limitInWords, sourceInWords } from './figures.ts';

/** Whether a session could start, in one sentence: the limit that was named, and the others that bound. */
export function answerInWords(user: UserId, at: Instant, explanation: Explanation): string {
  const { binding, hold } = explanation;
  const [first, ...others] = binding;
  if (first === undefined) {
    const how = hold === null ? '' : `: tier ${hold.tier}, ${dollarsInWords(hold.cap)} dollars held for it`;
    return `${user} could start a session at ${instantInWords(at)}${how}.`;
  }
  const also = others.length === 0 ? '' : ` (also ${others.map(limitInWords).join('; ')})`;
  return `${user} could not start a session at ${instantInWords(at)}: ${limitInWords(first)}${also}.`;
}

export type CheckLine = {
  readonly arithmetic: string;
  readonly verdict: string;
  readonly source: string;
};

/** One limit for reading: its arithmetic, whether it stood in the way, and whose word it is. */
export function checkInWords(check: Check): CheckLine {
  const frees = check.freesAt === null ? '' : `, free again ${instantInWords(check.freesAt)}`;
  return {
    arithmetic: arithmetic(check, false),
    verdict: check.binds ? `in the way${frees}` : 'room',
    source: sourceInWords(check),
  };
}

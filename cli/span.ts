import { timeSpan } from '../domain/policy/knobs.ts';
import { lengthOfSpan } from '../domain/policy/period-length.ts';
import { Fault } from './fault.ts';

/** A duration such as PT24H in milliseconds. @throws Fault that names the option */
export function spanOf(option: string, text: string): number {
  const read = timeSpan.safeParse(text);
  if (!read.success)
    throw new Fault(`${option} "${text}" is no length of time; write one such as PT24H or P7D.`);
  return lengthOfSpan(read.data);
}

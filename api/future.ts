import { type Instant, after, minute } from '../domain/instant.ts';
import { toTime } from './contract/fields.ts';
import { inBody } from './problems/problem.ts';

/** Clocks of callers may run ahead of ours by this much. */
const clockSkew = 5 * minute;

/** @throws Problem that names the field, where it was sent and lies in the future. */
export function refuseFuture(field: string, at: Instant | undefined, now: Instant): void {
  if (at !== undefined && at > after(now, clockSkew)) {
    throw inBody(
      'impossible-time',
      field,
      `lies in the future of ${toTime(now)}; send a time that has been, or leave it out`,
    );
  }
}

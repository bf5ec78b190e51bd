import type { Extension } from '../domain/account/extend.ts';
import { instant } from '../domain/instant.ts';
import { checkHumanAct } from './human-act.ts';

type Checked =
  | { readonly ok: true; readonly extension: Omit<Extension, 'key'> }
  | { readonly ok: false; readonly problem: string };

const mostSessions = 1_000;
/** RFC 3339 with its offset: read the same by every engine, in every zone. */
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** Reads `{by, sessions, until, note}` from whatever was typed. */
export function checkExtension(payload: unknown): Checked {
  const signed = checkHumanAct(payload);
  if (!signed.ok) return signed;
  const sessions: unknown = Reflect.get(Object(payload), 'sessions');
  if (
    typeof sessions !== 'number' ||
    !Number.isInteger(sessions) ||
    sessions < 1 ||
    sessions > mostSessions
  ) {
    return { ok: false, problem: `"sessions" must be a whole number from 1 to ${mostSessions}` };
  }
  const until: unknown = Reflect.get(Object(payload), 'until');
  const at = typeof until === 'string' && time.test(until) ? Date.parse(until) : Number.NaN;
  if (Number.isNaN(at)) {
    return { ok: false, problem: '"until" must be a time such as "2027-01-31T00:00:00Z"' };
  }
  return { ok: true, extension: { by: signed.by, note: signed.note, sessions, until: instant(at) } };
}

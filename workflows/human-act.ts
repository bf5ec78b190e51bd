type Checked =
  | { readonly ok: true; readonly by: string; readonly note: string }
  | { readonly ok: false; readonly problem: string };

const longestNote = 2_000;
const longestName = 200;

/** Reads `{by, note}` from whatever was typed. `note` may be left out; `by` may not, since the audit names a person. */
export function checkHumanAct(payload: unknown): Checked {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    return { ok: false, problem: 'expected {"by": "your name", "note": "why"}' };
  }
  const by: unknown = Reflect.get(payload, 'by');
  const note: unknown = Reflect.get(payload, 'note') ?? '';
  if (typeof by !== 'string' || by.trim() === '' || by.length > longestName) {
    return { ok: false, problem: `"by" must be a name of 1–${longestName} characters` };
  }
  if (typeof note !== 'string' || note.length > longestNote) {
    return { ok: false, problem: `"note" must be a text of at most ${longestNote} characters` };
  }
  return { ok: true, by: by.trim(), note };
}

import type { z } from 'zod';
import type { batchEvent } from './usage-batch.ts';

type BatchEvent = z.output<typeof batchEvent>;
type Fits = (value: unknown) => boolean;

/** Narrower than the schema: what is not plain ASCII goes to the schema. */
const plainId = /^[!-~](?:[ -~]{0,126}[!-~])?$/;
const plainText = /^[ -~]{1,200}$/;

const isPlainId: Fits = (value) => typeof value === 'string' && plainId.test(value);
const isPlainText: Fits = (value) => typeof value === 'string' && plainText.test(value);
const isCount: Fits = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= 10_000_000;

/** Fields that the schema hands on as they are. */
const usual: ReadonlyMap<string, Fits> = new Map<keyof BatchEvent, Fits>([
  ['id', isPlainId],
  ['session', isPlainId],
  ['model', isPlainText],
  ['input_tokens', isCount],
  ['output_tokens', isCount],
]);

/**
 * An event in tokens as most are: a sound shortcut past `batchEvent`, which would find nothing wrong and change nothing.
 * Null says nothing: the schema looks. Of a call with 500 events the schema's look was a tenth of the work.
 */
export function usualEvent(raw: Readonly<Record<string, unknown>>): BatchEvent | null {
  let fitting = 0;
  for (const name in raw) {
    if (usual.get(name)?.(raw[name]) !== true) return null;
    fitting += 1;
  }
  return fitting === usual.size ? (raw as BatchEvent) : null;
}

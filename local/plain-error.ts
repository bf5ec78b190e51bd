/** An error whose message is one sentence with the fix: shown as it is, without a stack. */
export class PlainError extends Error {
  override readonly name = 'PlainError';
}

/** Ends the process with the sentence of a plain error, or with the whole of one nobody foresaw. */
export function exitWith(error: unknown): never {
  console.error(error instanceof PlainError ? error.message : error);
  process.exit(1);
}

import type { ServerResponse } from 'node:http';

/** What a request is answered with, before it is written as HTTP. */
export type Reply = {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** A problem document where the answer is an error that is nobody's mistake: a limit. */
  readonly isProblem?: boolean;
  /** Set where the answer goes on for as long as the caller listens: it writes the rest itself. */
  readonly stream?: (response: ServerResponse) => void;
};

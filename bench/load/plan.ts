/** What the load generator is told to send, and what it answers. Plain JSON: it travels between two processes. */

/**
 * Which of `count` users a request is for: each once in turn, all alike, by Zipf's law with s = 1, or one user for 200
 * requests in a row and then the next.
 */
export type Spread = 'each-once' | 'uniform' | 'zipf' | 'one-hot';

export type Traffic =
  | { readonly kind: 'get'; readonly path: string }
  /** Starts a session for a user `{prefix}{number}`. */
  | {
      readonly kind: 'start';
      readonly before: string;
      readonly after: string;
      readonly prefix: string;
      readonly count: number;
      readonly spread: Spread;
    }
  /**
   * Starts a session, which is timed, makes so many calls in it, and ends it: the state of an account stays small however
   * often it is visited. A session without a call is given back.
   */
  | {
      readonly kind: 'visit';
      readonly prefix: string;
      readonly count: number;
      readonly spread: Spread;
      readonly calls: number;
    }
  /** Reports calls of open sessions, each event with an id of its own. Events go one by one or many in a request. */
  | {
      readonly kind: 'usage';
      readonly sessions: readonly string[];
      readonly batch: number | null;
      readonly run: string;
    };

export type Pace =
  /** Every connection sends its next request when it has its answer: finds the capacity. */
  | { readonly kind: 'closed' }
  /** Requests are due at a fixed rate, whether or not earlier ones were answered: finds the latency. */
  | { readonly kind: 'open'; readonly perSecond: number };

export type LoadPlan = {
  readonly port: number;
  readonly key: string | null;
  readonly connections: number;
  /** Null: until the traffic is used up, which only `each-once` ever is. */
  readonly seconds: number | null;
  readonly traffic: Traffic;
  readonly pace: Pace;
  readonly seed: number;
};

/** Milliseconds. */
export type Latency = {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
};

export type LoadResult = {
  readonly seconds: number;
  /** Requests that were answered, by status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly answered: number;
  /** Things done: requests, visits or usage events. */
  readonly done: number;
  readonly latency: Latency;
  /** How late an open loop sent at the 99th percentile, in milliseconds; null for a closed loop. */
  readonly latenessP99: number | null;
  readonly generatorCpuSeconds: number;
  /** The first unexpected answer, for the report of a leg that fails. */
  readonly oddAnswer: string | null;
};

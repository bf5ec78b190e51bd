/** The part of Postgres' protocol that counting needs: what a client sends, message by message. */

const sync = 'S'.charCodeAt(0);
const simpleQuery = 'Q'.charCodeAt(0);
const bind = 'B'.charCodeAt(0);
const encryptionRequests = new Set([80_877_103, 80_877_104]);

export type Bound = { readonly statement: string; readonly parameters: readonly (string | null)[] };

export type ClientStream = {
  /** Takes what has arrived; messages may be cut anywhere. */
  readonly take: (chunk: Buffer) => void;
  /** How often it waited for the server: each Sync and each simple query is one round trip. */
  readonly roundTrips: () => number;
};

function textFrom(bytes: Buffer, from: number): { readonly text: string; readonly end: number } {
  const end = bytes.indexOf(0, from);
  return { text: bytes.toString('utf8', from, end), end: end + 1 };
}

/** The body of a Bind: which prepared statement, and its parameters as text. */
function readBind(body: Buffer): Bound {
  const portal = textFrom(body, 0);
  const statement = textFrom(body, portal.end);
  const formats = body.readInt16BE(statement.end);
  let at = statement.end + 2 + 2 * formats;
  const count = body.readInt16BE(at);
  at += 2;
  const parameters: (string | null)[] = [];
  for (let index = 0; index < count; index += 1) {
    const length = body.readInt32BE(at);
    at += 4;
    parameters.push(length < 0 ? null : body.toString('utf8', at, at + length));
    at += Math.max(0, length);
  }
  return { statement: statement.text, parameters };
}

export function readClientStream(onBind: (bound: Bound) => void = () => {}): ClientStream {
  let rest: Buffer = Buffer.alloc(0);
  let isStarted = false;
  let roundTrips = 0;
  // The first message has no type: its length comes first. A request for encryption may come before it.
  const takeStartup = (): boolean => {
    if (rest.length < 8) return false;
    const length = rest.readInt32BE(0);
    if (rest.length < length) return false;
    isStarted = !encryptionRequests.has(rest.readInt32BE(4));
    rest = rest.subarray(length);
    return true;
  };
  const takeMessage = (): boolean => {
    if (rest.length < 5) return false;
    const length = 1 + rest.readInt32BE(1);
    if (rest.length < length) return false;
    const type = rest[0];
    if (type === sync || type === simpleQuery) roundTrips += 1;
    if (type === bind) onBind(readBind(rest.subarray(5, length)));
    rest = rest.subarray(length);
    return true;
  };
  return {
    take: (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (isStarted ? takeMessage() : takeStartup());
    },
    roundTrips: () => roundTrips,
  };
}

/** What went wrong, in one sentence with its fix: shown as it is, without a stack. */
export class Fault extends Error {
  override readonly name = 'Fault';
}

const connectionFaults: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'No Postgres answers there',
  ECONNRESET: 'Postgres closed the connection',
  ENOTFOUND: 'There is no such host',
  EAI_AGAIN: 'The name of the host could not be looked up',
  ETIMEDOUT: 'Postgres did not answer in time',
};

/** SQLSTATEs of a database that is not what was expected. */
const databaseFaults: Readonly<Record<string, string>> = {
  '28P01': 'The database does not accept this user and password; correct them in the address.',
  '28000': 'The database does not let this user in; correct the user in the address.',
  '3D000': 'There is no database of that name on this server; correct the address, or create and migrate it.',
  '42P01':
    'This database holds no Stipend; migrate it with `node dist/ledger/migrate-command.js`, or correct the address.',
  '42703': 'This database is at an older schema; migrate it with `node dist/ledger/migrate-command.js`.',
  '42501': 'This user may not do that in the database; use one that has the rights of the API.',
  '57014': 'The database took too long to answer; try again when it is less busy.',
};

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;

const whereToSet = 'set --database-url or DATABASE_URL, or start one with `npm start`.';

/** The sentence for an error: a fault's own, one for what databases commonly say, else the error itself. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Fault) return error.message;
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const code = codeOf(error) ?? codeOf(inner);
  const connection = code === null ? undefined : connectionFaults[code];
  if (connection !== undefined) return `${connection}; ${whereToSet}`;
  const database = code === null ? undefined : databaseFaults[code];
  if (database !== undefined) return database;
  if (inner instanceof Error && /timeout/.test(inner.message))
    return `Postgres did not answer in time; ${whereToSet}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

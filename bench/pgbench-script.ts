/** One admission as the API sent it: the statement and its one parameter, a list of one item. */
export type CapturedCommit = {
  readonly statement: string;
  readonly item: Readonly<Record<string, unknown>>;
  readonly user: string;
};

export type ScriptOptions = {
  readonly prefix: string;
  /** Each of pgbench's clients has so many accounts for itself and goes round them. */
  readonly accountsPerClient: number;
};

const userMark = '@user@';
const sessionMark = '@session@';
const baseMark = '@base@';
const nextMark = '@next@';
const clockMark = '@clock@';

/** Values that differ from admission to admission become marks; all else stays as the API wrote it. */
function withMarks(value: unknown, key: string, base: number, user: string): unknown {
  if (Array.isArray(value)) return value.map((element) => withMarks(element, key, base, user));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, withMarks(inner, name, base, user)]),
    );
  if (value === user) return userMark;
  if (typeof value === 'string' && value.startsWith('ses_')) return sessionMark;
  if (key === 'base') return baseMark;
  if (key === 'decided_at') return clockMark;
  if (key.endsWith('version') && value === base + 1) return nextMark;
  return value;
}

/**
 * A pgbench script of the captured statement: the same admission over and over, each for the next account and standing on the
 * version that the round before has left. pgbench cannot compute JSON, so the parameter is put together in SQL: a few
 * microseconds of the server that the API does not cost it.
 */
export function pgbenchScript(
  { statement, item, user }: CapturedCommit,
  { prefix, accountsPerClient }: ScriptOptions,
): string {
  const base = Number(item['base']);
  const join = (expression: string): string => `' || ${expression} || '`;
  const userName = join(`'${prefix}' || lpad((:a)::text, 7, '0')`);
  const session = join(`'ses_${prefix}' || (:client_id)::text || '-' || (:i)::text`);
  // Indented JSON: a colon before a word would be read as one of pgbench's variables.
  const json = JSON.stringify([withMarks(item, '', base, user)], null, 1)
    .replaceAll("'", "''")
    .replaceAll(userMark, userName)
    .replaceAll(sessionMark, session)
    .replaceAll(`"${baseMark}"`, join('(:v)::text'))
    .replaceAll(`"${nextMark}"`, join('((:v)::bigint + 1)::text'))
    .replaceAll(
      `"${clockMark}"`,
      join('(floor(extract(epoch from clock_timestamp()) * 1000)::bigint - 100)::text'),
    );
  return [
    '\\set i :i + 1',
    `\\set a :client_id * ${accountsPerClient} + mod(:i, ${accountsPerClient})`,
    `\\set v ${base} + :i / ${accountsPerClient}`,
    `${statement.replaceAll(/--.*$/gm, '').replace('$1', `(('${json}')::json)`)};`,
    '',
  ].join('\n');
}

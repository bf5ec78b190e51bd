import { standColumnsOf } from '../ledger/commit-columns.ts';
import type { Part } from '../ledger/commit-parts.ts';
import { periodInUseColumns, periodKey } from '../ledger/rows/period.ts';
import { newSessionColumns } from '../ledger/rows/session.ts';

/** One admission as the API sent it: the statement and its parameters, each a list of one value or of none. */
export type CapturedCommit = {
  readonly statement: string;
  readonly parameters: readonly string[];
  readonly user: string;
};

export type ScriptOptions = {
  readonly prefix: string;
  /** Each of pgbench's clients has so many accounts for itself and goes round them. */
  readonly accountsPerClient: number;
};

/** What the statement of a warm admission has that crosses no threshold. */
export const partsOfAdmission: readonly Part[] = ['starts'];

const namesOf = (columns: readonly { readonly name: string }[]): readonly string[] => [
  'item',
  ...columns.map(({ name }) => name),
];

/** What each parameter of it is called, in its order. */
export const parameterNames: readonly string[] = [
  ...namesOf(standColumnsOf(partsOfAdmission)),
  ...namesOf([...periodKey, ...periodInUseColumns]),
  ...namesOf(newSessionColumns),
];

/** The version that a captured admission stood on. */
const baseOf = (parameters: readonly string[]): number =>
  Number(parameters[parameterNames.indexOf('base')]?.slice(1, -1));

/** True for the parameters of one admission of `user` that crosses no threshold. */
export const isAdmissionOf = (user: string, parameters: readonly string[]): boolean =>
  parameters.length === parameterNames.length &&
  parameters[parameterNames.indexOf('user_id')] === `{"${user}"}` &&
  parameters[parameterNames.indexOf('session_id')]?.startsWith('{"ses_') === true;

const listOf = (expression: string): string => `('{"' || ${expression} || '"}')`;

/** Values that differ from admission to admission are computed; all else stays as the API wrote it. */
function expressionOf(value: string, index: number, commit: CapturedCommit, prefix: string): string {
  const name = parameterNames[index];
  const base = baseOf(commit.parameters);
  if (value === `{"${commit.user}"}`) return listOf(`'${prefix}' || lpad((:a)::text, 7, '0')`);
  if (value.startsWith('{"ses_')) return listOf(`'ses_${prefix}' || (:client_id)::text || '-' || (:i)::text`);
  if (name === 'base') return listOf('(:v)::text');
  if (name === 'decided_at')
    return listOf('(floor(extract(epoch from clock_timestamp()) * 1000)::bigint - 100)::text');
  if (name?.endsWith('version') === true && value === `{${base + 1}}`)
    return listOf('((:v)::bigint + 1)::text');
  return `('${value.replaceAll("'", "''")}')`;
}

/**
 * A pgbench script of the captured statement: the same admission over and over, each for the next account and standing on the
 * version that the round before has left. The few values that change are put together in SQL: a microsecond or two of
 * the server that the API does not cost it.
 */
export function pgbenchScript(commit: CapturedCommit, { prefix, accountsPerClient }: ScriptOptions): string {
  const expressions = commit.parameters.map((value, index) => expressionOf(value, index, commit, prefix));
  const statement = commit.statement
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/\$(\d+)/g, (_all, number: string) => expressions[Number(number) - 1] ?? 'null');
  return [
    '\\set i :i + 1',
    `\\set a :client_id * ${accountsPerClient} + mod(:i, ${accountsPerClient})`,
    `\\set v ${baseOf(commit.parameters)} + :i / ${accountsPerClient}`,
    `${statement};`,
    '',
  ].join('\n');
}

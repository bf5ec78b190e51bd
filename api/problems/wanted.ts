import type { z } from 'zod';

type Issue = z.core.$ZodRawIssue;

const count = (number: number | bigint): string => number.toLocaleString('en-US');

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What was sent, as its sender knows it again; texts may be long or secret and are not repeated. */
function sent(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'text' : 'an object';
}

function bound(origin: string, most: 'at least' | 'at most', limit: number | bigint): string {
  switch (origin) {
    case 'string':
      return limit === 1 && most === 'at least'
        ? 'must not be empty'
        : `must be ${most} ${count(limit)} characters long`;
    case 'array':
    case 'set':
    case 'map':
      return `must hold ${most} ${count(limit)} ${limit === 1 ? 'entry' : 'entries'}`;
    default:
      return `must be ${most} ${count(limit)}`;
  }
}

const isMissing = (value: unknown): string => (value === undefined ? 'is missing: ' : '');
const unless = (value: unknown): string => (value === undefined ? '' : `, not ${sent(value)}`);

/** What a field has to be, where its schema does not say so in words of its own. */
export function wanted(issue: Issue): string | undefined {
  const { input } = issue;
  switch (issue.code) {
    case 'invalid_type': {
      const kind = kinds[issue.expected] ?? issue.expected;
      return Number.isNaN(input) ? `must be ${kind}` : `${isMissing(input)}must be ${kind}${unless(input)}`;
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      const choice = values.length === 1 ? values.join() : `one of ${values.join(', ')}`;
      return `${isMissing(input)}must be ${choice}`;
    }
    case 'too_small':
      return bound(issue.origin, 'at least', issue.minimum);
    case 'too_big':
      return bound(issue.origin, 'at most', issue.maximum);
    // These say themselves what is wanted, or what is in them does.
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return undefined;
    default:
      return issue satisfies never;
  }
}

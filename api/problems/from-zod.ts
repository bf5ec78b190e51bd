import type { z } from 'zod';
import { type FieldError, Problem } from './problem.ts';

type Place = FieldError['in'];
type Issue = z.core.$ZodIssue;

const escaped = (part: PropertyKey): string => String(part).replaceAll('~', '~0').replaceAll('/', '~1');

function fieldError(place: Place, path: readonly PropertyKey[], message: string): FieldError {
  return place === 'body'
    ? { in: place, pointer: path.map((part) => `/${escaped(part)}`).join(''), message }
    : { in: place, parameter: path.map(String).join('.'), message };
}

const notAField = 'is not a field of this request; remove it';

/** What zod says of a union that has no words of its own: then each way in which the value could have fitted speaks. */
const unionWithoutWords = 'Invalid input';

function withinOf(issue: Issue): readonly Issue[] {
  if (issue.code === 'invalid_key') return issue.issues;
  if (issue.code !== 'invalid_union' || issue.message !== unionWithoutWords) return [];
  return issue.errors.flat();
}

/** A whole number beyond 2^53 is told the field's own bound alone. */
const isToldTighter = (issue: Issue, all: readonly Issue[]): boolean =>
  issue.code === 'too_big' &&
  all.some(
    (other) =>
      other.code === 'too_big' &&
      other.maximum < issue.maximum &&
      other.path.join('/') === issue.path.join('/'),
  );

function fieldErrors(place: Place, issue: Issue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => fieldError(place, [...issue.path, key.slice(0, 100)], notAField));
  }
  const within = withinOf(issue);
  if (within.length > 0)
    return within.flatMap((inner) => fieldErrors(place, { ...inner, path: [...issue.path, ...inner.path] }));
  return [fieldError(place, issue.path, issue.message)];
}

const mostErrors = 20;

/** One problem that lists every field at fault, the first of them in its detail. */
export function fromZod(place: Place, error: z.ZodError): Problem {
  const errors = error.issues
    .filter((issue) => !isToldTighter(issue, error.issues))
    .flatMap((issue) => fieldErrors(place, issue))
    .slice(0, mostErrors);
  const [first] = errors;
  const where = first?.pointer?.slice(1).replaceAll('/', '.') ?? first?.parameter ?? '';
  const name = where === '' ? `the ${place}` : where;
  return new Problem('invalid-request', `${name}: ${first?.message ?? 'is not valid'}`, { errors });
}

/** A field of the body that no schema has a word for. */
export const unknownField = (path: readonly string[]): Problem =>
  new Problem('invalid-request', `${path.join('.')}: ${notAField}`, {
    errors: [fieldError('body', path, notAField)],
  });

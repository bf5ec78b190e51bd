import { isSection } from './diff.ts';
import { unitAt } from './knob-at.ts';
import type { Unit } from './knobs.ts';

function numberInWords(value: number, unit: Unit | null): string {
  const number = value.toLocaleString('en', { maximumFractionDigits: 6 });
  switch (unit) {
    case 'USD':
      return `$${number}`;
    case 'USD per million tokens':
      return `$${number} per million tokens`;
    case '%':
      return `${number}%`;
    case 'sessions':
    case 'tokens':
    case 'points':
      return `${number} ${value === 1 ? unit.slice(0, -1) : unit}`;
    case 'time':
    case null:
      return number;
    default:
      return unit satisfies never;
  }
}

/** What a policy says at a path, with its unit: $2, 20%, 10 sessions, PT30M, none; undefined: it says nothing there. */
export function knobInWords(value: unknown, path: readonly string[]): string {
  if (value === undefined) return 'not there';
  if (value === null) return 'none';
  if (typeof value === 'number') return numberInWords(value, unitAt(path));
  if (typeof value === 'string') return value;
  if (!isSection(value)) return JSON.stringify(value);
  const knobs = Object.entries(value).map(
    ([name, inner]) => `${name} ${knobInWords(inner, [...path, name])}`,
  );
  return `{ ${knobs.join(', ')} }`;
}

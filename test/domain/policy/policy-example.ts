import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { readPolicyFile } from '../../../domain/policy/policy-file.ts';

export const example = readFileSync(new URL('../../../examples/policy.yaml', import.meta.url), 'utf8');

export const errorsOf = (text: string): readonly string[] => readPolicyFile(text).errors;

/** The example with one line of it replaced. */
export function withLine(line: RegExp, replacement: string): string {
  expect(example).toMatch(line);
  return example.replace(line, replacement);
}

/** "line 7, column 18": where « stands in a text that is read without it. */
export function placeOf(text: string): string {
  const [before = ''] = text.split('«');
  const lines = before.split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

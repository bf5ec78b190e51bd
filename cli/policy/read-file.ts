import { readFileSync } from 'node:fs';
import type { ParsedPolicy } from '../../domain/policy/document.ts';
import { readPolicyFile } from '../../domain/policy/policy-file.ts';
import { Fault } from '../fault.ts';

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : 'cannot be read';
    throw new Fault(`${path} ${why}; name a policy file such as examples/policy.yaml.`);
  }
}

/** @throws Fault that lists every mistake of the file. */
export function policyOfFile(path: string): ParsedPolicy {
  const { policy, errors } = readPolicyFile(textOf(path));
  if (policy !== null) return policy;
  const count = errors.length === 1 ? '1 error' : `${errors.length} errors`;
  throw new Fault([...errors, `${path}: ${count}.`].join('\n'));
}

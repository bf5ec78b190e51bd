import { newSecretKey, secretKeysVariable } from '../../ledger/secret-keys.ts';

/** One key for all processes of a test. */
export const testSecretKey = newSecretKey();
export const testSecretKeys = secretKeysVariable.parse(testSecretKey);

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { newSecretKey } from '../ledger/secret-keys.ts';
import type { Home } from './home.ts';

/** The key of the environment, or the one of the embedded default, made at its first start. */
export function localSecretKey({ secretKey }: Pick<Home, 'secretKey'>): string {
  const given = process.env['STIPEND_SECRET_KEY'];
  if (given !== undefined && given !== '') return given;
  if (!existsSync(secretKey)) writeFileSync(secretKey, `${newSecretKey()}\n`, { mode: 0o600, flag: 'wx' });
  return readFileSync(secretKey, 'utf8').trim();
}

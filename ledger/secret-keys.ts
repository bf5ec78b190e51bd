import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** What must be usable and may not stand in the ledger, or in a dump of it, in the clear. */
export type SecretKeys = {
  readonly seal: (secret: string) => string;
  /** @throws Error where none of the keys sealed it. */
  readonly open: (stored: string) => string;
  /** True where it is in the clear, or sealed with a key that is not the first any more. */
  readonly needsSealing: (stored: string) => boolean;
  /** They sign the tokens of an app's users; the first is the one that signs now. */
  readonly tokenKeys: (app: string) => readonly Uint8Array[];
};

const sealedForm = /^sealed\.([0-9a-f]{8})\.([\w-]+)$/;
const nonceBytes = 12;
const tagBytes = 16;

const derived = (key: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `stipend ${purpose}`, 32));

const idOf = (key: Buffer): string =>
  createHash('sha256').update(derived(key, 'key id')).digest('hex').slice(0, 8);

function sealWith(key: Buffer, secret: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', derived(key, 'seal'), nonce);
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return `sealed.${idOf(key)}.${Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64url')}`;
}

function openWith(key: Buffer, body: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', derived(key, 'seal'), body.subarray(0, nonceBytes));
  decipher.setAuthTag(body.subarray(-tagBytes));
  return decipher.update(body.subarray(nonceBytes, -tagBytes)).toString() + decipher.final('utf8');
}

/**
 * AES-256-GCM (NIST SP 800-38D) and HKDF-SHA256 (RFC 5869) over the keys of `STIPEND_SECRET_KEY`: the first seals and signs, the
 * others open what was made before it. What stands there in the clear, from before there were keys, is taken as it is.
 * @param keys of 32 bytes; a process that has none cannot seal or sign
 */
export function createSecretKeys(keys: readonly Buffer[]): SecretKeys {
  const byId = new Map(keys.map((key) => [idOf(key), key]));
  const first = (): Buffer => {
    const [key] = keys;
    if (key === undefined) throw new Error('STIPEND_SECRET_KEY is not set');
    return key;
  };
  return {
    seal: (secret) => sealWith(first(), secret),
    open: (stored) => {
      const [, id, body] = sealedForm.exec(stored) ?? [];
      if (id === undefined || body === undefined) return stored;
      const key = byId.get(id);
      if (key === undefined) throw new Error(`STIPEND_SECRET_KEY lacks the key ${id}, which sealed this`);
      return openWith(key, Buffer.from(body, 'base64url'));
    },
    needsSealing: (stored) => sealedForm.exec(stored)?.[1] !== idOf(first()),
    tokenKeys: (app) => [first(), ...keys.slice(1)].map((key) => derived(key, `tokens of ${app}`)),
  };
}

const howToMake =
  '32 random bytes in base64, as `openssl rand -base64 32` prints; of several with commas the first seals';

/** The environment variable's value as keys. */
export const secretKeysVariable = z
  .string({ error: `must be set: ${howToMake}` })
  .refine(
    (value) => value.split(',').every((part) => /^[A-Za-z0-9+/]{43}=$/.test(part.trim())),
    `must be ${howToMake}`,
  )
  .transform((value) => value.split(',').map((part) => Buffer.from(part.trim(), 'base64')));

export const newSecretKey = (): string => randomBytes(32).toString('base64');

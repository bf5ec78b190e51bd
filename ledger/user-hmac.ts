/**
 * SQL for the keyed hash of a user's id: HMAC-SHA256 by its definition (RFC 2104), since Postgres has SHA-256 built in and no
 * HMAC. It is worked out where there is no account, so that no other request pays for it.
 */
export const hmacOfUser = (app: string, user: string): string => `(
  select sha256(k.outer_pad || sha256(k.inner_pad || convert_to(${app} || '/' || ${user}, 'UTF8'))) from erasure_key k)`;

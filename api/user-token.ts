import { SignJWT, decodeJwt, jwtVerify } from 'jose';
import { type AppId, type UserId, appId, isPrintableId, userId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { SecretKeys } from '../ledger/secret-keys.ts';

/** A user's own token: a JWT (RFC 7519) that reads this user's allowance and inbox, and nothing else. */
type Claims = { readonly appId: AppId; readonly userId: UserId };

const issuer = 'stipend';
const audience = 'user';
const algorithm = 'HS256';

export function issueUserToken(
  keys: SecretKeys['tokenKeys'],
  account: Claims,
  expiresAt: Instant,
): Promise<string> {
  const [key] = keys(account.appId);
  if (key === undefined) throw new RangeError('there is no key to sign with');
  return new SignJWT({ app: account.appId })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(account.userId)
    .setExpirationTime(Math.floor(expiresAt / 1000))
    .sign(key);
}

/** Whose it claims to be, before anybody has looked at its signature. */
function claimed(token: string): Claims | null {
  try {
    const { app, sub = '' } = decodeJwt(token);
    if (typeof app !== 'string' || !isPrintableId(app) || !isPrintableId(sub)) return null;
    return { appId: appId(app), userId: userId(sub) };
  } catch {
    return null;
  }
}

/** Whose token it is; null where it was forged, has expired, or is none. */
export async function readUserToken(keys: SecretKeys['tokenKeys'], token: string): Promise<Claims | null> {
  const claims = claimed(token);
  if (claims === null) return null;
  for (const key of keys(claims.appId)) {
    const verified = await jwtVerify(token, key, {
      issuer,
      audience,
      algorithms: [algorithm],
      requiredClaims: ['exp', 'sub'],
    }).catch(() => null);
    if (verified !== null) return claims;
  }
  return null;
}

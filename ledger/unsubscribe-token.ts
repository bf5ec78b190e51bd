import { createHmac, timingSafeEqual } from 'node:crypto';
import { type AppId, type UserId, appId, isPrintableId, userId } from '../domain/ids.ts';
import type { AccountKey } from './totals.ts';

/** What stands in a link to unsubscribe: whose mail it was, signed with the app's key. It does not expire: nor do mails. */

const encoded = (text: string): string => Buffer.from(text).toString('base64url');
const decoded = (text: string): string => Buffer.from(text, 'base64url').toString();

const signature = (app: AppId, user: UserId, key: Buffer): Buffer =>
  createHmac('sha256', key)
    .update(`unsubscribe\n${encoded(app)}\n${encoded(user)}`)
    .digest();

export const unsubscribeToken = ({ appId: app, userId: user }: AccountKey, key: Buffer): string =>
  `${encoded(app)}.${encoded(user)}.${signature(app, user, key).toString('base64url')}`;

type Claimed = AccountKey & { readonly isSignedWith: (key: Buffer) => boolean };

/** Whose token it claims to be. Null: it is none. */
export function readUnsubscribeToken(token: string): Claimed | null {
  const [, app = '', user = '', mac = ''] =
    /^([\w-]{1,200})\.([\w-]{1,1000})\.([\w-]{43})$/.exec(token) ?? [];
  const names = { app: decoded(app), user: decoded(user) };
  if (!isPrintableId(names.app) || !isPrintableId(names.user)) return null;
  const account = { appId: appId(names.app), userId: userId(names.user) };
  return {
    ...account,
    isSignedWith: (key) =>
      timingSafeEqual(Buffer.from(mac, 'base64url'), signature(account.appId, account.userId, key)),
  };
}

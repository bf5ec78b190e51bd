import type { Brand } from './brand.ts';

export type AppId = Brand<string, 'AppId'>;
export type UserId = Brand<string, 'UserId'>;
export type SessionId = Brand<string, 'SessionId'>;
export type ReviewId = Brand<string, 'ReviewId'>;
export type UsageEventId = Brand<string, 'UsageEventId'>;
export type AuthorizationId = Brand<string, 'AuthorizationId'>;
export type PolicyVersion = Brand<string, 'PolicyVersion'>;

/** Letters, marks, digits, punctuation, symbols and inner spaces: what a person can see and an operator can paste. */
const printable =
  /^[\p{L}\p{M}\p{N}\p{P}\p{S}]([\p{L}\p{M}\p{N}\p{P}\p{S} ]{0,126}[\p{L}\p{M}\p{N}\p{P}\p{S}])?$/u;

/** The same within ASCII, as nearly every id is: a tenth of the time. */
const printableAscii = /^[!-~](?:[ -~]{0,126}[!-~])?$/;

export function isPrintableId(text: string): boolean {
  return printableAscii.test(text) || printable.test(text);
}

/** @throws RangeError unless the text is 1–128 printable characters without outer spaces. */
function printableId(kind: string, text: string): string {
  if (!isPrintableId(text)) throw new RangeError(`${kind} must be 1–128 printable characters`);
  return text;
}

export const appId = (text: string): AppId => printableId('app id', text) as AppId;
export const userId = (text: string): UserId => printableId('user id', text) as UserId;
export const sessionId = (text: string): SessionId => printableId('session id', text) as SessionId;
export const reviewId = (text: string): ReviewId => printableId('review id', text) as ReviewId;
export const usageEventId = (text: string): UsageEventId =>
  printableId('usage event id', text) as UsageEventId;
export const authorizationId = (text: string): AuthorizationId =>
  printableId('authorization id', text) as AuthorizationId;
export const policyVersion = (text: string): PolicyVersion =>
  printableId('policy version', text) as PolicyVersion;

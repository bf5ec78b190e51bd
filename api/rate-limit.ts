import { serializeItem } from 'structured-headers';
import { kept } from '../domain/kept.ts';
import type { UserView } from '../domain/user-view.ts';
import type { Instant } from '../domain/instant.ts';

type Quota = {
  readonly name: string;
  readonly quota: number;
  readonly remaining: number;
  readonly resetsAt: Instant;
};

const seconds = (from: number, to: number): number => Math.max(0, Math.ceil((to - from) / 1000));

function quotasOf({ month, today }: UserView): Quota[] {
  if (month.limit === null || month.remaining === null) return [];
  const monthly = {
    name: 'month',
    quota: month.limit,
    remaining: month.remaining,
    resetsAt: month.resetsAt,
  };
  if (today.limit === null || today.remaining === null) return [monthly];
  const daily = { name: 'day', quota: today.limit, remaining: today.remaining, resetsAt: today.resetsAt };
  return [daily, monthly];
}

const item = (name: string, parameters: Readonly<Record<string, number>>): string =>
  serializeItem([name, new Map(Object.entries(parameters))]);

/** Many users share a quota, what is left of it and the second it resets in: writing each anew was 4 % of the API's profile. */
const policyItem = kept(1_000, (name: string, q: number) => item(name, { q }));
const leftItem = kept(10_000, (name: string, r: number, t: number) => item(name, { r, t }));

/** The RateLimit header fields of draft-ietf-httpapi-ratelimit-headers: what is allowed, what is left, when it resets; none on a paid plan. */
export function rateLimitHeaders(view: UserView, now: Instant): Readonly<Record<string, string>> {
  const quotas = quotasOf(view);
  if (quotas.length === 0) return {};
  const policy = quotas.map(({ name, quota }) => policyItem(name, quota));
  const left = quotas.map(({ name, remaining, resetsAt }) =>
    leftItem(name, remaining, seconds(now, resetsAt)),
  );
  // A list of structured fields is its items with a comma between them (RFC 9651, 4.1.1).
  return { 'RateLimit-Policy': policy.join(', '), RateLimit: left.join(', ') };
}

/** Whole seconds until an instant, at least one: `Retry-After` of 0 would invite a storm. */
export const retryAfter = (now: Instant, at: Instant): string => String(Math.max(1, seconds(now, at)));

import { type Item, type List, serializeList } from 'structured-headers';
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

const item = (name: string, parameters: Record<string, number>): Item => [
  name,
  new Map(Object.entries(parameters)),
];

/** The RateLimit header fields of draft-ietf-httpapi-ratelimit-headers: what is allowed, what is left, when it resets; none on a paid plan. */
export function rateLimitHeaders(view: UserView, now: Instant): Readonly<Record<string, string>> {
  const quotas = quotasOf(view);
  if (quotas.length === 0) return {};
  const policy: List = quotas.map(({ name, quota }) => item(name, { q: quota }));
  const left: List = quotas.map(({ name, remaining, resetsAt }) =>
    item(name, { r: remaining, t: seconds(now, resetsAt) }),
  );
  return { 'RateLimit-Policy': serializeList(policy), RateLimit: serializeList(left) };
}

/** Whole seconds until an instant, at least one: `Retry-After` of 0 would invite a storm. */
export const retryAfter = (now: Instant, at: Instant): string => String(Math.max(1, seconds(now, at)));

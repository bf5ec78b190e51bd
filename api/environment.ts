import { z } from 'zod';
import { usualQueue } from '../ledger/account-queue.ts';
import { secretKeysVariable } from '../ledger/secret-keys.ts';

const environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Seals what the ledger keeps of others' secrets, and signs users' tokens. */
  STIPEND_SECRET_KEY: secretKeysVariable,
  STIPEND_API_HOST: z.string().default('127.0.0.1'),
  STIPEND_API_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  /** Proxies in front of the API, whose X-Forwarded-For is believed. */
  STIPEND_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  /** Accounts kept in memory between requests, two to four kilobytes each: whoever is not among them costs a read more. */
  STIPEND_REMEMBERED_ACCOUNTS: z.coerce.number().int().min(0).max(1_000_000).default(usualQueue.remembered),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
});

export type ApiEnvironment = z.output<typeof environment>;

/** @throws Error whose message names each variable and what it must be. */
export function readEnvironment(variables: NodeJS.ProcessEnv): ApiEnvironment {
  const read = environment.safeParse(variables);
  if (read.success) return read.data;
  const problems = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The API cannot start.\n${problems.join('\n')}`);
}

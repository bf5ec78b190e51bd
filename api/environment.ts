import { z } from 'zod';

const environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  STIPEND_API_HOST: z.string().default('127.0.0.1'),
  STIPEND_API_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
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

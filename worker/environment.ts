import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  STIPEND_WORKER_HOST: z.string().default('127.0.0.1'),
  STIPEND_WORKER_PORT: port.default(8081),
  /** A bundle made by `npm run build`; without it the workflows are bundled when the worker starts. */
  STIPEND_WORKFLOW_BUNDLE: z.string().optional(),
  STIPEND_TASK_QUEUE: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
});

export type WorkerEnvironment = z.output<typeof environment>;

/** @throws Error whose message names each variable and what it must be. */
export function readEnvironment(variables: NodeJS.ProcessEnv): WorkerEnvironment {
  const read = environment.safeParse(variables);
  if (read.success) return read.data;
  const problems = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The worker cannot start.\n${problems.join('\n')}`);
}

import { z } from 'zod';
import { mailSender, webAddress } from '../domain/policy/knobs.ts';
import { secretKeysVariable } from '../ledger/secret-keys.ts';

const port = z.coerce.number().int().min(0).max(65_535);

const variables = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Seals what the ledger keeps of others' secrets, and signs users' tokens. */
  STIPEND_SECRET_KEY: secretKeysVariable,
  STIPEND_WORKER_HOST: z.string().default('127.0.0.1'),
  STIPEND_WORKER_PORT: port.default(8081),
  /** A bundle made by `npm run build`; without it the workflows are bundled when the worker starts. */
  STIPEND_WORKFLOW_BUNDLE: z.string().optional(),
  STIPEND_TASK_QUEUE: z.string().min(1).optional(),
  /** Workflows kept in memory between two tasks, some 0.25 MB each; another one is read from its history, which is short. */
  STIPEND_CACHED_WORKFLOWS: z.coerce.number().int().min(0).max(100_000).default(300),
  /** `smtp://` or `smtps://` with user and password; without it mails go to STIPEND_MAIL_FOLDER, or nowhere. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  STIPEND_MAIL_FOLDER: z.string().min(1).optional(),
  /** Sender of mails of apps whose policy names none. */
  MAIL_FROM: mailSender.default('Stipend <stipend@example.com>'),
  /** Where users reach the API. */
  STIPEND_PUBLIC_URL: webAddress.default('http://127.0.0.1:8080'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
});

const mailNeeds = ['MAIL_FROM', 'STIPEND_PUBLIC_URL'] as const;

/** Real mails need a real sender and links that lead somewhere. */
const environment = z.preprocess((given: NodeJS.ProcessEnv, context) => {
  if (given['SMTP_URL'] === undefined) return given;
  for (const name of mailNeeds.filter((need) => given[need] === undefined)) {
    context.addIssue({
      code: 'custom',
      path: [name],
      message: 'must be set where SMTP_URL is',
      input: undefined,
    });
  }
  return given;
}, variables);

export type WorkerEnvironment = z.output<typeof environment>;

/** @throws Error whose message names each variable and what it must be. */
export function readEnvironment(given: NodeJS.ProcessEnv): WorkerEnvironment {
  const read = environment.safeParse(given);
  if (read.success) return read.data;
  const problems = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The worker cannot start.\n${problems.join('\n')}`);
}

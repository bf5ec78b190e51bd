import { PlainError } from './plain-error.ts';

/** What the environment says about the embedded default; every port can be moved. */
export type LocalSettings = {
  readonly ports: {
    readonly postgres: number;
    readonly temporal: number;
    readonly temporalUi: number;
    readonly api: number;
    readonly worker: number;
  };
  /** Set: this Postgres is used and none is started. */
  readonly databaseUrl: string | null;
  /** Set: this Temporal server is used and none is started. */
  readonly temporalAddress: string | null;
};

export const portVariables = {
  api: { variable: 'STIPEND_API_PORT', fallback: 8080, purpose: 'the API' },
  worker: { variable: 'STIPEND_WORKER_PORT', fallback: 8081, purpose: "the worker's health and metrics" },
  postgres: { variable: 'STIPEND_POSTGRES_PORT', fallback: 54_329, purpose: 'Postgres' },
  temporal: { variable: 'STIPEND_TEMPORAL_PORT', fallback: 7233, purpose: 'Temporal' },
  temporalUi: { variable: 'STIPEND_TEMPORAL_UI_PORT', fallback: 8233, purpose: 'the Temporal UI' },
} as const;

type PortName = keyof typeof portVariables;

function readPort(variables: NodeJS.ProcessEnv, name: PortName): number {
  const { variable, fallback } = portVariables[name];
  const text = variables[variable];
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new PlainError(
    `${variable} is "${text}"; set it to a port from 1 to 65535, or leave it out for ${fallback}.`,
  );
}

const given = (value: string | undefined): string | null =>
  value === undefined || value === '' ? null : value;

/** @throws PlainError that names the variable at fault. */
export function readSettings(variables: NodeJS.ProcessEnv): LocalSettings {
  return {
    ports: {
      postgres: readPort(variables, 'postgres'),
      temporal: readPort(variables, 'temporal'),
      temporalUi: readPort(variables, 'temporalUi'),
      api: readPort(variables, 'api'),
      worker: readPort(variables, 'worker'),
    },
    databaseUrl: given(variables['DATABASE_URL']),
    temporalAddress: given(variables['TEMPORAL_ADDRESS']),
  };
}

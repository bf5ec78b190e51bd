import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readEnvironment as readApiEnvironment } from '../../api/environment.ts';
import { workerMemory } from '../../local/worker-memory.ts';
import { readEnvironment as readWorkerEnvironment } from '../../worker/environment.ts';
import { type TestApi, startApi } from '../setup/product.ts';
import { testSecretKey } from '../setup/secret-keys.ts';

/** What is written for machines that we have none of is held against the code that is to run there. */

const root = new URL('../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8');

const compose = parse(text('docker-compose.yml'), { merge: true }) as { services: Record<string, any> };
const manifests = ['api', 'worker', 'migrate', 'config'].flatMap((name) =>
  parseAllDocuments(text(`deploy/kubernetes/${name}.yaml`)).map((document) => document.toJSON()),
);
const ofKind = (kind: string, name: string): any =>
  manifests.find((one) => one.kind === kind && one.metadata.name === `stipend-${name}`);
const containerOf = (name: string): any =>
  (ofKind('Deployment', name) ?? ofKind('Job', name)).spec.template.spec.containers[0];

/** Read by Temporal's own environment configuration, by pino, or by Node. */
const others = /^(TEMPORAL_(ADDRESS|NAMESPACE|API_KEY)|NODE_ENV|NODE_OPTIONS|MALLOC_ARENA_MAX)$/;

const sources = ['api/environment.ts', 'worker/environment.ts', 'ledger/migrate-command.ts']
  .map(text)
  .join('');
const isRead = (name: string): boolean => others.test(name) || sources.includes(name);

/** The source of what `npm run build` puts there. */
const hasSource = (entry: string): boolean =>
  existsSync(fileURLToPath(new URL(entry.replace(/^dist\//, '').replace(/\.js$/, '.ts'), root)));

describe.each(['api', 'worker', 'migrate'])('%s', (name) => {
  const service = compose.services[name];
  const container = containerOf(name);

  test('is started by a file that there is, the same in both', () => {
    expect(service.command).toEqual(container.command);
    expect(hasSource(service.command[1])).toBe(true);
  });

  test('is given variables that the code reads, and none besides', () => {
    const config = manifests.find((one) => one.kind === 'ConfigMap').data;
    const given = [
      ...Object.keys(service.environment),
      ...(container.envFrom === undefined ? [] : Object.keys(config)),
      ...container.env.map((one: any) => one.name),
    ];
    expect(given.length).toBeGreaterThan(1);
    expect(given.filter((variable) => !isRead(variable))).toEqual([]);
  });
});

test('both give a worker what keeps its memory level', () => {
  const expected = { NODE_OPTIONS: workerMemory.nodeFlags.join(' '), ...workerMemory.env };
  const inKubernetes = Object.fromEntries(containerOf('worker').env.map((one: any) => [one.name, one.value]));
  expect(filledIn(compose.services['worker'].environment)).toMatchObject(expected);
  expect(inKubernetes).toMatchObject(expected);
});

/** As compose fills them in where nothing is set; one without a value is handed on, and absent then. */
const filledIn = (environment: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, String(value).replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')]),
  );

test('compose starts with what stands there, its secret key included', () => {
  const api = readApiEnvironment(filledIn(compose.services['api'].environment));
  const worker = readWorkerEnvironment(filledIn(compose.services['worker'].environment));
  expect(api.STIPEND_SECRET_KEY[0]).toHaveLength(32);
  expect(worker.STIPEND_SECRET_KEY).toEqual(api.STIPEND_SECRET_KEY);
});

test.each(['TEMPORAL_API_KEY', 'SMTP_URL'])('%s is handed on where it is set, and never empty', (name) => {
  // An empty API key asks for TLS, and an empty address is none.
  expect(compose.services['worker'].environment).toHaveProperty(name, null);
  const { valueFrom } = containerOf('worker').env.find((one: any) => one.name === name);
  expect(valueFrom.secretKeyRef.optional).toBe(true);
  expect(text('deploy/kubernetes/README.md')).not.toMatch(/--from-literal=[\w-]+=''/);
});

test('mail leaves from both once its server is named', () => {
  const config = manifests.find((one) => one.kind === 'ConfigMap').data;
  const ofCompose = filledIn(compose.services['worker'].environment);
  const given = { SMTP_URL: 'smtps://me:secret@mail.example.com:465', MAIL_FROM: 'Me <me@example.com>' };
  expect(readWorkerEnvironment({ ...ofCompose, ...given }).SMTP_URL).toBe(given.SMTP_URL);
  const ofCluster = { ...config, DATABASE_URL: ofCompose['DATABASE_URL'], STIPEND_SECRET_KEY: testSecretKey };
  expect(readWorkerEnvironment({ ...ofCluster, SMTP_URL: given.SMTP_URL }).MAIL_FROM).toContain('@');
});

test('the image has the command that the runbooks name', () => {
  expect(text('Dockerfile')).toContain('ln -s /app/dist/cli/main.js /usr/local/bin/stipend');
  expect(hasSource('dist/cli/main.js')).toBe(true);
  expect(text('cli/main.ts')).toMatch(/^#!\/usr\/bin\/env node\n/);
});

test('the proxy hands the metrics to nobody', () => {
  expect(text('deploy/Caddyfile')).toMatch(/respond \/metrics 404/);
});

test('a process without a secret key says how to make one', () => {
  const { STIPEND_SECRET_KEY: _key, ...rest } = filledIn(compose.services['api'].environment);
  expect(() => readApiEnvironment(rest)).toThrow(/STIPEND_SECRET_KEY: must be set.*openssl rand -base64 32/);
  expect(readApiEnvironment({ ...rest, STIPEND_SECRET_KEY: testSecretKey }).STIPEND_SECRET_KEY).toHaveLength(
    1,
  );
});

describe('scaling', () => {
  test.each(['api', 'worker'])('several of %s share no port of the host', (name) => {
    const service = compose.services[name];
    expect(service.ports).toBeUndefined();
    expect(String(service.deploy.replicas)).toMatch(/:-2\}$/);
  });

  test('requests come through one address to all of them', () => {
    expect(compose.services['proxy'].ports).toEqual(['127.0.0.1:8080:8080']);
    expect(text('deploy/Caddyfile')).toMatch(/name api\s+port 8080/);
    const { scaleTargetRef } = ofKind('HorizontalPodAutoscaler', 'api').spec;
    expect(scaleTargetRef.name).toBe('stipend-api');
  });
});

describe('every service of compose that goes on', () => {
  const jobs = new Set(['migrate', 'temporal-schema', 'temporal-namespace', 'temporal-ui']);
  test.each(Object.keys(compose.services).filter((name) => !jobs.has(name)))(
    '%s says whether it is well',
    (name) => {
      expect(compose.services[name].healthcheck.test.length).toBeGreaterThan(1);
    },
  );
});

describe('stopping', () => {
  const seconds = (span: string): number => Number(/^(\d+)s$/.exec(span)?.[1]);
  test.each([
    ['api', 1 + 15],
    ['worker', 5 + 10 + 10],
  ])('%s is given longer than it needs', (name, needed) => {
    expect(seconds(compose.services[name].stop_grace_period)).toBeGreaterThan(needed);
    expect(ofKind('Deployment', name).spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(
      needed,
    );
    expect(ofKind('PodDisruptionBudget', name).spec.selector.matchLabels.app).toBe(`stipend-${name}`);
  });
});

describe('probes', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.stop());

  test.each(['livenessProbe', 'readinessProbe', 'startupProbe'])('%s asks what is served', async (probe) => {
    const { path } = containerOf('api')[probe].httpGet;
    expect((await fetch(api.url + path)).status).toBe(200);
    expect(text('worker/health.ts')).toContain(`case '${containerOf('worker')[probe].httpGet.path}'`);
  });

  test('of compose ask the ports that the processes listen on', () => {
    const ports = { api: 8080, worker: 8081 };
    for (const [name, port] of Object.entries(ports)) {
      expect(compose.services[name].healthcheck.test.join(' ')).toContain(`127.0.0.1:${port}/readyz`);
      expect(containerOf(name).ports[0].containerPort).toBe(port);
    }
  });
});

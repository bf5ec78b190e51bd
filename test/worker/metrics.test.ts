import { readFileSync, readdirSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../worker/metrics.ts';
import { runStipend } from '../cli/run-stipend.ts';
import { createMetrics as createApiMetrics } from '../../api/metrics.ts';
import { createPool } from '../../ledger/pool.ts';
import { type TestApi, startApi } from '../setup/product.ts';

let api: TestApi;
let served: ReadonlySet<string>;

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const namesIn = (exposition: string): string[] =>
  [...exposition.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? [name, `${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
  );

/** What Temporal's SDK may serve, by its source: much of it is there only once it has happened. */
function namesOfSdk(): string[] {
  const folder = 'node_modules/@temporalio/core-bridge/sdk-core/crates';
  const source = ['common', 'sdk-core'].map((crate) => read(`${folder}/${crate}/src/telemetry/metrics.rs`));
  const client = read(`${folder}/client/src/metrics.rs`);
  const names = [...[...source, client].join('').matchAll(/"([a-z_]{5,})"/g)].map(([, name]) => name);
  return names.flatMap((name) => [`temporal_${name}`, `temporal_${name}_bucket`]);
}

beforeAll(async () => {
  api = await startApi();
  const ofApi = await (await fetch(`${api.url}/metrics`)).text();
  const ofWorker = await createMetrics(api.database.ledger.pool).registry.metrics();
  served = new Set([...namesIn(ofApi), ...namesIn(ofWorker), ...namesOfSdk()]);
});
afterAll(() => api.stop());

/** The metrics that a query names, by its grammar; a query that cannot be parsed is an error. */
function metricsOf(query: string): readonly string[] {
  const names: string[] = [];
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.type.isError) throw new Error(`not a query: ${query}`);
      if (node.name === 'Identifier') names.push(query.slice(node.from, node.to));
    },
  });
  return names;
}

test('every alert asks for metrics that are served, and names a page that is there', () => {
  const { groups } = parse(read('deploy/prometheus/alerts.yml')) as {
    groups: { rules: { alert: string; expr: string; annotations: { runbook: string } }[] }[];
  };
  const rules = groups.flatMap(({ rules: of }) => of);
  expect(rules.length).toBeGreaterThan(5);
  for (const { alert, expr, annotations } of rules) {
    const asked = metricsOf(expr);
    expect(asked.length, alert).toBeGreaterThan(0);
    expect(
      asked.filter((name) => !served.has(name)),
      alert,
    ).toEqual([]);
    expect(read(annotations.runbook).length, alert).toBeGreaterThan(100);
  }
});

test('every panel of the dashboard shows metrics that are served', () => {
  const { panels } = JSON.parse(read('deploy/grafana/stipend.json')) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  expect(panels.length).toBeGreaterThan(5);
  for (const { title, targets } of panels)
    for (const { expr } of targets)
      expect(
        metricsOf(expr).filter((name) => !served.has(name)),
        title,
      ).toEqual([]);
});

test('the page of metrics has all of ours, and none that is not there', () => {
  const told = [...read('docs/metrics.md').matchAll(/^\| `(stipend_\w+)`/gm)].map(([, name]) => name);
  const ours = [...served].filter(
    (name) => name.startsWith('stipend_') && !/_(bucket|count|sum)$/.test(name),
  );
  expect(new Set(told)).toEqual(new Set(ours));
  expect(told).toHaveLength(ours.length);
});

test('every command in a runbook is one that there is', async () => {
  const folder = new URL('../../docs/runbooks/', import.meta.url);
  const commands = readdirSync(folder)
    .flatMap((file) => [...read(`docs/runbooks/${file}`).matchAll(/`stipend ([a-z-]+(?: [a-z]+)?)/g)])
    .map(([, command = '']) => command);
  expect(commands.length).toBeGreaterThan(3);
  const { output } = await runStipend(['--help']);
  for (const command of new Set(commands))
    expect(output).toMatch(new RegExp(`^ {2}${command.split(' ')[0]} `, 'm'));
});

test.each([
  ['API', createApiMetrics],
  ['worker', createMetrics],
])(
  'the metrics of the %s are told while Postgres is away, without what only it knows',
  async (_of, create) => {
    const nowhere = createPool('postgres://nobody@127.0.0.1:1/none');
    const told = await create(nowhere).registry.metrics();
    await nowhere.end();
    expect(told).toMatch(/^stipend_ledger_up 0$/m);
    expect(told).toMatch(/^process_cpu_seconds_total /m);
    const known = told
      .split('\n')
      .filter((line) => /^stipend_(outbox|deliveries|reviews|reconciled)/.test(line));
    expect(known).toEqual([]);
    const back = await create(api.database.ledger.pool).registry.metrics();
    expect(back).toMatch(/^stipend_ledger_up 1$/m);
    expect(back).toMatch(/^stipend_outbox_\w+(\{.*\})? 0$/m);
  },
);

test('a worker that has sent nothing yet is seen by the alert for one that is missing', async () => {
  const told = await createMetrics(api.database.ledger.pool).registry.metrics();
  expect(told).toMatch(/^stipend_delivery_seconds_count\{channel="webhook"\} 0$/m);
});

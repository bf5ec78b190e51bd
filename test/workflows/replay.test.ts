import { readFileSync, readdirSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import { expect, inject, test } from 'vitest';
import { quietRuntime } from '../setup/product.ts';

quietRuntime();

const folder = new URL('../histories/', import.meta.url);
const recorded = readdirSync(folder).filter((name) => name.endsWith('.json'));

test.each(recorded)(
  'the history %s, recorded from a running product, replays without a difference',
  async (name) => {
    const history: unknown = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
    const replay = Worker.runReplayHistory(
      { workflowBundle: { codePath: inject('workflowBundlePath') }, replayName: name },
      history,
    );
    await expect(replay).resolves.toBeUndefined();
  },
);

test('an ordinary month of ten sessions and every nudge costs at most 60 history events', () => {
  const { events } = JSON.parse(readFileSync(new URL('month-with-all-nudges.json', folder), 'utf8')) as {
    events: unknown[];
  };
  expect(events.length).toBeLessThanOrEqual(60);
});

test('the workflow bundle holds no zod, pg, express, polyfill or Intl of ours', () => {
  const bundle = readFileSync(inject('workflowBundlePath'), 'utf8');
  for (const module of [
    'node_modules/zod/',
    'node_modules/pg/',
    'node_modules/express/',
    'node_modules/temporal-polyfill/',
    'node_modules/intl-messageformat/',
  ]) {
    expect(bundle).not.toContain(module);
  }
  const ours = bundle
    .split('\n')
    .filter((line) => line.includes('./domain/') || line.includes('./workflows/'));
  expect(ours.join('\n')).not.toMatch(/\bIntl\./);
});

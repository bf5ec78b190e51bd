import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { Worker } from '@temporalio/worker';
import { expect, inject, test } from 'vitest';
import { accountTypes, freeTierLifeType } from '../../workflows/names.ts';
import { quietRuntime } from '../setup/product.ts';
import { paths } from './paths/index.ts';

quietRuntime();

const folder = new URL('../histories/', import.meta.url);
const recordedAs = (type: string): readonly string[] =>
  readdirSync(new URL(`${type}/`, folder)).map((file) => `${type}/${file}`);

test.each(accountTypes.flatMap(recordedAs))(
  'fault 20, dust-tt/dust #13545: the history %s, recorded from a running product, replays without a difference',
  async (name) => {
    const history: unknown = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
    const replay = Worker.runReplayHistory(
      { workflowBundle: { codePath: inject('workflowBundlePath') }, replayName: name },
      history,
    );
    await expect(replay).resolves.toBeUndefined();
  },
);

test('every named path has its history as accounts run now, and there are forty and more', () => {
  const names = recordedAs(freeTierLifeType).map((file) => basename(file, '.json'));
  expect(paths.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual([]);
  expect(new Set(names).size).toBeGreaterThanOrEqual(40);
});

type Events = readonly { readonly eventType: string }[];

/** A sandbox's clock moves the timer whenever it is advanced; in a live app one stands for the whole period. */
const withoutMovedTimers = (events: Events): number => {
  const isMoved = events.filter(({ eventType }) => eventType === 'EVENT_TYPE_TIMER_CANCELED').length;
  return events.length - 2 * isMoved;
};

test.each([
  ['an-ordinary-month', 'ten sessions, each told apart, every nudge and the reset', 60],
  ['the-heaviest-month', 'thirty-two sessions, each told apart, a flag and a grant', 200],
])('%s (%s) costs at most %i history events', (name, _what, most) => {
  const { events } = JSON.parse(
    readFileSync(new URL(`${freeTierLifeType}/${name}.json`, folder), 'utf8'),
  ) as { events: Events };
  expect(withoutMovedTimers(events)).toBeLessThanOrEqual(most);
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

import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { Worker } from '@temporalio/worker';
import { beforeAll, expect, inject, test } from 'vitest';
import { accountTypes, freeTierUserType } from '../../workflows/names.ts';
import { quietRuntime } from '../setup/product.ts';
import { paths } from './paths/index.ts';

quietRuntime();

const folder = new URL('../histories/', import.meta.url);
const recordedAs = (type: string): readonly string[] =>
  readdirSync(new URL(`${type}/`, folder)).map((file) => `${type}/${file}`);

const every = accountTypes.flatMap(recordedAs);
const differences = new Map<string, unknown>();

// One worker for all: each would load the whole bundle for itself.
beforeAll(async () => {
  const histories = every.map((name) => ({
    workflowId: name,
    history: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as unknown,
  }));
  const options = { workflowBundle: { codePath: inject('workflowBundlePath') } };
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories))
    differences.set(workflowId, error);
});

test.each(every)(
  'fault 20, dust-tt/dust #13545: the history %s, recorded from a running product, replays without a difference',
  (name) => {
    expect(differences.has(name)).toBe(true);
    expect(differences.get(name)).toBeUndefined();
  },
);

test('every named path has its history as accounts run now, and there are forty and more', () => {
  const names = recordedAs(freeTierUserType).map((file) => basename(file, '.json'));
  expect(paths.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual([]);
  expect(new Set(names).size).toBeGreaterThanOrEqual(40);
});

type Events = readonly { readonly eventType: string }[];

const countOf = (events: Events, type: string): number =>
  events.filter(({ eventType }) => eventType === `EVENT_TYPE_${type}`).length;

/** A sandbox's clock moves the timer whenever it is advanced; in a live app one stands for the whole of each period. */
function eventsOf(months: number, events: Events): number {
  const ofTimers = countOf(events, 'TIMER_STARTED') + countOf(events, 'TIMER_CANCELED');
  return events.length - ofTimers + months;
}

const recorded = (name: string): Events =>
  (
    JSON.parse(readFileSync(new URL(`${freeTierUserType}/${name}.json`, folder), 'utf8')) as {
      events: Events;
    }
  ).events;

test.each([
  ['an-ordinary-month', 'ten sessions, each told apart, every nudge and the reset', 60],
  ['the-heaviest-month', 'thirty-two sessions, each told apart, a flag and a grant', 200],
])('%s (%s) costs at most %i history events', (name, _what, most) => {
  expect(eventsOf(1, recorded(name))).toBeLessThanOrEqual(most);
});

test('each later ordinary month costs at most 60 history events, and so does one in six with the new run of a half-year', () => {
  const first = eventsOf(1, recorded('an-ordinary-month'));
  expect(eventsOf(2, recorded('a-later-month')) - first).toBeLessThan(60);
  // The first run begins in the task that hears of a session; one that continues another has a task of its own to begin with.
  const ownTask = 3;
  expect(eventsOf(6, recorded('half-a-year')) + ownTask).toBeLessThanOrEqual(6 * 60);
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

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchEvent } from '../../api/contract/usage-batch.ts';
import { usualEvent } from '../../api/contract/usual-usage-event.ts';
import { fingerprintOfEvent } from '../../api/count-event.ts';
import { fingerprintOf } from '../../api/idempotency.ts';
import { chosenSeed, report } from './seed.ts';

const ids = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.string({ minLength: 125, maxLength: 131 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
  fc.constantFrom('', ' a', 'a ', 'a b', 'é', '\n', 'a\n', '\u2028', 'ses_0190'),
);
const counts = fc.oneof(
  { weight: 3, arbitrary: fc.nat(10_000_001) },
  fc.constantFrom(0, -0, -1, 0.5, 1e7, 1e7 + 1, 2 ** 53, Infinity, Number.NaN, '1', null, true),
);
const junk = fc.oneof(fc.jsonValue(), ids, counts);

const fitting = {
  id: ids,
  session: ids,
  model: fc.oneof(
    fc.constantFrom('claude-sonnet-4-5', 'gpt-5-mini'),
    ids,
    fc.string({ minLength: 199, maxLength: 202 }),
  ),
  input_tokens: counts,
  output_tokens: counts,
};
const optional = {
  cost_usd: fc.oneof(fc.double({ min: -1, max: 1_001 }), junk),
  cached_input_tokens: counts,
  cache_write_tokens: counts,
  reasoning_tokens: counts,
  occurred_at: fc.oneof(fc.constantFrom('2026-11-24T10:00:00Z', '2026-11-24T10:00:00+02:00', 'now'), junk),
  input_sketch: ids,
  authorization: ids,
};

/** Mostly events that nearly fit: fields missing, of another kind, or added. */
const drawn = fc
  .tuple(
    fc.oneof(fc.record(fitting), fc.record(fitting, { requiredKeys: [] })),
    fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, fc.record(optional, { requiredKeys: [] })),
    fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, fc.dictionary(fc.string(), junk, { maxKeys: 2 })),
  )
  .map(([usual, rest, others]): Record<string, unknown> => ({ ...usual, ...rest, ...others }));

function promise(property: fc.IPropertyWithHooks<[Record<string, unknown>]>): void {
  const seed = chosenSeed();
  report(`usual usage events: STIPEND_SEED=${seed}`);
  const check = fc.check(property, { numRuns: 20_000, seed });
  expect(check.failed ? fc.defaultReportMessage(check) : null).toBeNull();
}

test('an event that is taken without the schema is one that the schema takes, unchanged', () => {
  let taken = 0;
  promise(
    fc.property(drawn, (raw) => {
      const usual = usualEvent(raw);
      if (usual === null) return;
      taken += 1;
      expect(batchEvent.safeParse(raw)).toEqual({ success: true, data: usual });
    }),
  );
  expect(taken).toBeGreaterThan(200);
});

test('an event in tokens, as most are, is taken without the schema', () => {
  const event = { id: 'e1', session: 'ses_1', model: 'gpt-5-mini', input_tokens: 900, output_tokens: 250 };
  expect(usualEvent(event)).toEqual(event);
  expect(usualEvent({ ...event, output_tokens: -1 })).toBeNull();
  expect(usualEvent({ ...event, authorization: 'a1' })).toBeNull();
});

test('the fingerprint of an event is that of its fields in any order, so that rows written before are known again', () => {
  let fingerprinted = 0;
  promise(
    fc.property(drawn, (raw) => {
      const parsed = batchEvent.safeParse(raw);
      if (!parsed.success) return;
      fingerprinted += 1;
      const { session: _session, ...event } = parsed.data;
      const turned = Object.fromEntries(Object.entries(event).toReversed()) as typeof event;
      expect(fingerprintOfEvent(turned)).toBe(fingerprintOf(event));
    }),
  );
  expect(fingerprinted).toBeGreaterThan(200);
});

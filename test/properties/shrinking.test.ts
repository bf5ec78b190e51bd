import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instant } from '../../domain/instant.ts';
import { lives } from './operation.ts';
import { Life } from './play.ts';
import { chosenSeed, report } from './seed.ts';
import { validators } from './validators/index.ts';
import { World } from './world.ts';

const start = instant(Date.parse('2026-01-31T10:00:00Z'));

test.each(validators.map((validator) => [validator.name, validator] as const))('%s', (_name, validator) => {
  const seed = chosenSeed();
  const check = fc.check(
    fc.property(lives, (operations) => {
      const life = new Life(new World(start), [validator]);
      for (const operation of operations) life.play(operation, true);
    }),
    { numRuns: 150, seed },
  );
  if (check.failed) report(`STIPEND_SEED=${seed}`);
  expect(check.failed ? fc.defaultReportMessage(check) : null).toBeNull();
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPrintableId } from '../../domain/ids.ts';
import { chosenSeed, report } from '../properties/seed.ts';

const whole =
  /^[\p{L}\p{M}\p{N}\p{P}\p{S}]([\p{L}\p{M}\p{N}\p{P}\p{S} ]{0,126}[\p{L}\p{M}\p{N}\p{P}\p{S}])?$/u;

const seed = chosenSeed();
report(`ids: seed ${seed}`);

test('the shorter look at ids in ASCII takes and refuses what the whole one does', () => {
  const anyCode = fc.integer({ min: 0, max: 0x24f }).map((code) => String.fromCodePoint(code));
  fc.assert(
    fc.property(fc.string({ unit: anyCode, maxLength: 131 }), (text) => {
      expect(isPrintableId(text)).toBe(whole.test(text));
    }),
    { seed },
  );
});

import { expect, test } from 'vitest';
import { randomFrom } from '../../examples/demo/random.ts';
import { instant } from '../../domain/instant.ts';
import { type Operation, drawOperation } from './operation.ts';
import { Life } from './play.ts';
import { chosenSeed, report } from './seed.ts';
import { validators } from './validators/index.ts';
import { World } from './world.ts';

const decisionsWanted = Number(process.env['STIPEND_PURE_OPERATIONS'] ?? 1_000_000);
const longestLife = 300;
/** One step in so many is asked the dear questions as well: views, repeats, variations. */
const thoroughEvery = 64;

const firstDay = Date.parse('2024-01-01T00:00:00Z');
const tenYears = 10 * 365 * 86_400_000;

/** Plays one random life from its own seed; what it throws says how to play it again. */
function playLife(seed: number): number {
  const random = randomFrom(seed);
  const start = instant(firstDay + Math.floor(random.share() * tenYears));
  const life = new Life(new World(start), validators);
  const played: Operation[] = [];
  const length = 1 + random.below(longestLife);
  try {
    for (let n = 0; n < length; n += 1) {
      const operation = drawOperation(random);
      played.push(operation);
      life.play(operation, random.below(thoroughEvery) === 0);
    }
  } catch (error) {
    const last = played.slice(-12).map((operation) => JSON.stringify(operation));
    const where = `life ${seed} from ${new Date(start).toISOString()}, operation ${played.length}`;
    throw new Error(`${where}\n${String(error)}\nlast operations:\n${last.join('\n')}`, { cause: error });
  }
  return life.decisions;
}

test(`${decisionsWanted} decisions of random lives keep every promise`, { timeout: 600_000 }, () => {
  const seed = chosenSeed();
  const random = randomFrom(seed);
  const startedAt = process.cpuUsage();
  let decisions = 0;
  let lives = 0;
  report(`pure engine: STIPEND_SEED=${seed}`);
  while (decisions < decisionsWanted) {
    decisions += playLife(random.below(2 ** 31 - 1));
    lives += 1;
  }
  const { user, system } = process.cpuUsage(startedAt);
  const seconds = (user + system) / 1_000_000;
  report(
    `pure engine: ${decisions} decisions in ${lives} lives, ${seconds.toFixed(1)} s of one core, ${Math.round(decisions / seconds)}/s, STIPEND_SEED=${seed}`,
  );
  expect(decisions).toBeGreaterThanOrEqual(decisionsWanted);
});

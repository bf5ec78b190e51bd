import { defineConfig } from 'vitest/config';

/** What Stryker runs for each mutant: the fast tests of the pure rules, and short random lives of one seed. */
export default defineConfig({
  test: {
    include: ['test/domain/**/*.test.ts', 'test/properties/million.test.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    env: { STIPEND_PURE_OPERATIONS: '2000', STIPEND_SEED: '1' },
  },
});

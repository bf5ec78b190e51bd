import { defineConfig } from 'vitest/config';

/**
 * What Stryker runs for each mutant: the fast tests of the pure rules, and short random lives of one seed. Modules stay loaded
 * from one test file to the next, but for parts that remember what they were asked: loading them took longer than all tests.
 */
export default defineConfig({
  test: {
    include: ['test/domain/**/*.test.ts', 'test/properties/million.test.ts'],
    setupFiles: ['test/deep/short-properties.ts'],
    isolate: process.env['STIPEND_MUTATION_ISOLATED'] === '1',
    testTimeout: 30_000,
    env: { STIPEND_PURE_OPERATIONS: '2000', STIPEND_SEED: '1' },
  },
});

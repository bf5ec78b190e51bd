import { defineConfig } from 'vitest/config';

/** Files that use servers share them and two cores: one after the other, in processes. */
const oneByOne = { pool: 'forks' as const, fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 };

const onLedger = [
  'test/faults/**/*.test.ts',
  'test/ledger/**/*.test.ts',
  'test/api/**/*.test.ts',
  'test/cli/**/*.test.ts',
  'test/deploy/**/*.test.ts',
];

export default defineConfig({
  test: {
    reporters: ['default', './test/setup/summary-reporter.ts'],
    projects: [
      {
        test: {
          name: 'domain',
          include: ['test/domain/**/*.test.ts', 'test/properties/**/*.test.ts', 'test/bench/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'ledger',
          include: onLedger,
          globalSetup: ['test/setup/postgres-server.ts'],
          ...oneByOne,
          // Loading the product anew for each file took a minute and a half of the run.
          isolate: false,
        },
      },
      {
        test: {
          name: 'product',
          include: ['test/**/*.test.ts'],
          exclude: ['test/domain/**', 'test/properties/**', 'test/bench/**', ...onLedger],
          globalSetup: ['test/setup/postgres-server.ts', 'test/setup/temporal-server.ts'],
          ...oneByOne,
        },
      },
    ],
  },
});

import { defineConfig } from 'vitest/config';

/** Files that start a Temporal worker load a native module and share two cores: one after the other, in processes. */
const withServers = {
  pool: 'forks' as const,
  fileParallelism: false,
  globalSetup: ['test/setup/servers.ts'],
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    reporters: ['default', './test/setup/summary-reporter.ts'],
    projects: [
      { test: { name: 'domain', include: ['test/domain/**/*.test.ts'], pool: 'forks' } },
      {
        test: {
          name: 'product',
          include: ['test/**/*.test.ts'],
          exclude: ['test/domain/**'],
          ...withServers,
        },
      },
    ],
  },
});

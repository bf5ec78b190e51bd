import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/workflows/record-histories.ts'],
    globalSetup: ['test/setup/postgres-server.ts', 'test/setup/temporal-server.ts'],
    pool: 'forks',
    testTimeout: 180_000,
    hookTimeout: 60_000,
    passWithNoTests: true,
  },
});

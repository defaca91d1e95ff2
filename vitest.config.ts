import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const slow = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // Most tests wait for somebody: one more than the two cores of a small machine keeps them busy.
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000 } },
      { test: { name: 'property', include: ['test/property/**/*.test.ts'], testTimeout: 30_000 } },
      { test: { name: 'contract', include: ['test/contract/**/*.test.ts'], ...slow } },
      {
        test: {
          name: 'fault',
          include: ['test/fault/**/*.test.ts'],
          ...slow,
          testTimeout: 180_000,
        },
      },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], ...slow, testTimeout: 90_000 } },
    ],
    coverage: { provider: 'v8', include: ['shared/**'] },
  },
});

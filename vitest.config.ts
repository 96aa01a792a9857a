/** The tests that need neither a network nor a browser: all but test/e2e. */

import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    // Processes, because the database driver is native code and some tests patch what a whole process shares.
    pool: 'forks',
    // Left alone it uses one core of two; much of a wire test is waiting for a socket.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 20_000,
  },
});

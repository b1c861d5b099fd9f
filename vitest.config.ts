import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/fixtures/build.ts', 'test/fixtures/shared-redis.ts'],
    pool: 'forks',
    // Most tests wait, for slots and processes: more of them than there are cores.
    maxWorkers: 8,
    // Guards against hanging, for a machine that is ten times slower for a while.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    coverage: { provider: 'v8', include: ['src/**'] },
  },
})

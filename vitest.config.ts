import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['src/**/*.test.ts', 'connectors/**/*.test.ts', 'jobs/**/*.test.ts'], testTimeout: 20_000, maxWorkers: 2 },
})

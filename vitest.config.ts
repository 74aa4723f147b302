import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const alias = {
  'millrace/amqp': here('./connectors/amqp/index.ts'),
  'millrace/mqtt': here('./connectors/mqtt/index.ts'),
  'millrace/testing': here('./src/testing/index.ts'),
  millrace: here('./src/index.ts'),
}

/** `unit` lies beside the code; `whole` crosses boundaries: processes, brokers, browsers. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'connectors/**/*.test.ts', 'jobs/**/*.test.ts', 'dashboards/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      { resolve: { alias }, test: { name: 'whole', include: ['test/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
    ],
  },
})

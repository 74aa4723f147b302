import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const alias = {
  'millrace/amqp': here('./connectors/amqp/index.ts'),
  'millrace/mqtt': here('./connectors/mqtt/index.ts'),
  'millrace/file': here('./connectors/file/index.ts'),
  'millrace/console': here('./connectors/console/index.ts'),
  'millrace/connector': here('./src/connector/index.ts'),
  'millrace/http': here('./connectors/http/index.ts'),
  'millrace/testing': here('./src/testing/index.ts'),
  millrace: here('./src/index.ts'),
}

/** `npm test` as a whole proves that every error of the catalogue is raised. */
const setupFiles = process.env['MILLRACE_RAISED'] === undefined ? [] : [here('./test/raised/in-tests.js')]

/** `expect.poll` waits as long as `until` (test/support/until.ts) does: its own second is none on a machine that others use, too. */
const patience = { poll: { timeout: 30_000 } }

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
          setupFiles,
          expect: patience,
          // A test that waits is one on a machine that others use, too; what takes long on a quiet one shows in the report.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'whole',
          // They start processes: more at a time are not sooner done, while the clock of each runs on.
          maxConcurrency: 2,
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
          setupFiles,
          expect: patience,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})

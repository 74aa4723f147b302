// The broker-away test in real time: Artemis is killed and gone for two minutes under load. Takes three minutes.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'whole', 'test/recovery/broker-away.test.ts'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, MILLRACE_LONG: '1' } },
)
process.exit(status ?? 1)

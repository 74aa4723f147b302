// `npm test`: builds, then runs every suite with the real peers that are there, and names what is skipped for want of one.
// With CI=true a missing peer is a failure.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { peers } from './peer-list.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const run = args => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1

const missing = Object.entries(peers).filter(([, peer]) => !peer.present())
const needed = missing.filter(([name]) => !name.startsWith('node-'))

const built = run([join(root, 'scripts/build.js')])
const status = built === 0 ? run([join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...process.argv.slice(2)]) : built

for (const [name, { what }] of needed) process.stdout.write(`skipped: the tests against ${what}; to run them: npm run peers -- ${name}\n`)
if (process.env.CI === 'true' && needed.length > 0) {
  process.stdout.write('CI=true: a skipped suite is a failure\n')
  process.exit(1)
}
process.exit(status)

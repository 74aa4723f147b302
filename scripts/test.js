// `npm test`: builds, then runs every suite with the real peers that are there, and names what is skipped for want of one.
// With CI=true a missing peer is a failure. A run of the whole proves in the end that every error of the catalogue was
// raised by the product while it was tested; a run of some suites notes nothing.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { peers } from './peer-list.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const run = args => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1

const missing = Object.entries(peers).filter(([, peer]) => !peer.present())
const needed = missing.filter(([name]) => !name.startsWith('node-'))

const built = run([join(root, 'scripts/build.js')])
const chosen = process.argv.slice(2)
const raised = chosen.length === 0 ? mkdtempSync(join(tmpdir(), 'millrace-raised-')) : undefined
if (raised !== undefined) process.env.MILLRACE_RAISED = raised
let status = built === 0 ? run([join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...chosen]) : built

// Without all peers some codes have no test that runs.
if (raised !== undefined && built === 0 && needed.length === 0) status = Math.max(status, await allRaised(raised))
if (raised !== undefined) rmSync(raised, { recursive: true, force: true })

for (const [name, { what }] of needed) process.stdout.write(`skipped: the tests against ${what}; to run them: npm run peers -- ${name}\n`)
if (process.env.CI === 'true' && needed.length > 0) {
  process.stdout.write('CI=true: a skipped suite is a failure\n')
  process.exit(1)
}
process.exit(status)

/** 0 where every code of the catalogue was noted in the folder (see test/raised/note.js), 1 and the others by name where not. */
async function allRaised(folder) {
  const { catalogue } = await import(pathToFileURL(join(root, 'dist/src/model/errors/catalogue.js')).href)
  const noted = new Set(readdirSync(folder))
  const codes = Object.keys(catalogue)
  const never = codes.filter(code => !noted.has(code)).sort()
  if (never.length === 0) process.stdout.write(`all ${codes.length} errors of the catalogue were raised\n`)
  else process.stdout.write(`errors that no test brought about: ${never.join(', ')}\n`)
  return never.length === 0 ? 0 : 1
}

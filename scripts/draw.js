// `node scripts/draw.js [NAME…]`: draws the concepts anew, from runs of the built Millrace, into docs/concepts/drawings.
// `--check` writes nothing: drawings of data time must be what is there, for what Millrace computes is the same everywhere;
// of one that is measured by the clock only the run must hold.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { drawings, measured } from './drawings/index.js'

const { values, positionals } = parseArgs({ options: { check: { type: 'boolean' } }, allowPositionals: true })
const unknown = positionals.filter(name => !drawings.has(name))
if (unknown.length > 0) {
  process.stderr.write(`no drawing ${unknown.join(', ')}; there are ${[...drawings.keys()].join(', ')}\n`)
  process.exit(2)
}
const folder = join(import.meta.dirname, '..', 'docs', 'concepts', 'drawings')
mkdirSync(folder, { recursive: true })
for (const name of positionals.length > 0 ? positionals : drawings.keys()) {
  const file = join(folder, `${name}.svg`)
  const picture = await drawings.get(name)()
  if (!values.check) writeFileSync(file, picture)
  else if (!existsSync(file) || (!measured.has(name) && readFileSync(file, 'utf8') !== picture)) {
    process.stderr.write(`docs/concepts/drawings/${name}.svg is not what Millrace computes today; run: node scripts/draw.js ${name}\n`)
    process.exitCode = 1
  }
}

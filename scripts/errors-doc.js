/**
 * Writes docs/errors.md from the built error catalogue: `node scripts/errors-doc.js`. With `--print` the page goes to
 * stdout instead.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const { catalogue } = await import('../dist/src/model/errors/catalogue.js')

const families = {
  1: 'Job files: schemas, expressions, operators',
  2: 'Input data',
  3: 'AMQP connections, links and outcomes',
  4: 'Running jobs',
  5: 'HTTP, views and the page',
  6: 'The command line',
  7: 'The AMQP node',
}
const actions = {
  retry: 'tries again',
  'back-off': 'tries again after a pause that grows',
  'dead-letter': 'keeps the message with its bytes among the dead letters and goes on',
  drain: 'finishes what it has received, then stops the job',
  refuse: 'refuses this, and no more; what runs goes on',
  stop: 'stops the job, or does not start it; other jobs go on',
}

const codes = Object.keys(catalogue).sort()
let page = `# Errors

Every error that Millrace shows has a code. \`millrace explain CODE\` prints the same text. This page is made from the
catalogue by \`node scripts/errors-doc.js\`.
`
for (const [family, title] of Object.entries(families)) {
  page += `\n## ${title}\n`
  for (const code of codes.filter(code => code[2] === family)) {
    const entry = catalogue[code]
    page += `\n### ${code}: ${entry.title}\n\n${entry.cause}\n\n- What to do: ${entry.remedy}\n- What Millrace does: it ${actions[entry.action]}.\n`
  }
}

if (process.argv.includes('--print')) process.stdout.write(page)
else writeFileSync(fileURLToPath(new URL('../docs/errors.md', import.meta.url)), page)

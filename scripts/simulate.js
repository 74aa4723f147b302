// `npm run simulate -- [--seeds N] [--seed S] [--plant NAME] [--plants] [--jobs 2] [--trace LINES]`: runs seeds of the
// simulator in worker processes. Without a plant every seed must hold; a plant must be found by one of them.
import { fork } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    plant: { type: 'string' },
    plants: { type: 'boolean' },
    jobs: { type: 'string' },
    trace: { type: 'string' },
  },
})
const wholeNumber = (name, otherwise) => {
  const value = values[name] === undefined ? otherwise : Number(values[name])
  if (Number.isInteger(value) && value >= 0) return value
  process.stderr.write(`--${name} wants a whole number\n`)
  process.exit(2)
}
const first = wholeNumber('seed', 1)
const seeds = wholeNumber('seeds', values.seed === undefined ? 2_000 : 1)
const trace = wholeNumber('trace', values.seed !== undefined && seeds === 1 ? 40 : 0)
const jobs = Math.max(1, wholeNumber('jobs', Math.min(2, availableParallelism())))
/** Seeds that a worker is given at a time. */
const portion = 10

const folder = join(root, 'node_modules', '.cache', 'millrace-simulate')
mkdirSync(folder, { recursive: true })
const bundle = join(folder, `worker-${process.pid}.mjs`)
await build({
  entryPoints: [join(root, 'test/simulation/simulate-worker.ts')],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'error',
})

process.on('exit', () => rmSync(bundle, { force: true }))

/** Asks a worker once. */
const ask = (worker, message) =>
  new Promise((resolve, reject) => {
    const failed = code => reject(new Error(`a worker ended with ${code}`))
    worker.once('exit', failed)
    worker.once('message', answer => {
      worker.off('exit', failed)
      resolve(answer)
    })
    worker.send(message)
  })

/** Gives the portions of the range to all workers, until all are run or a plant is found; gives what failed, by seed. */
async function run(workers, plant) {
  let next = first
  let ran = 0
  let events = 0
  const failures = []
  const stopped = () => plant !== undefined && failures.length > 0
  await Promise.all(
    workers.map(async worker => {
      while (next < first + seeds && !stopped()) {
        const count = Math.min(portion, first + seeds - next)
        const from = next
        next += count
        const result = await ask(worker, { first: from, count, plant, trace })
        ran += result.ran
        events += result.events
        failures.push(...result.failures)
        if (!plant) for (const { report } of result.failures) process.stdout.write(`${report}\n`)
        if (!plant && ran % 250 < portion) process.stdout.write(`${ran} of ${seeds} seeds, ${events} events, ${failures.length} failed\n`)
      }
    }),
  )
  return { ran, events, failures: failures.sort((a, b) => a.seed - b.seed) }
}

const workers = Array.from({ length: jobs }, () => fork(bundle, [], { execArgv: ['--enable-source-maps'] }))
const began = performance.now()
let ok = true
if (values.plants || values.plant !== undefined) {
  const names = values.plant === undefined ? await ask(workers[0], 'list') : [values.plant]
  for (const name of names) {
    const { ran, failures } = await run(workers, name)
    const [found] = failures
    process.stdout.write(
      found ? `${name}: found after ${ran} seeds\n  ${found.report.replaceAll('\n', '\n  ')}\n` : `${name}: NOT FOUND in ${ran} seeds\n`,
    )
    ok &&= found !== undefined
  }
} else {
  const { ran, events, failures } = await run(workers, undefined)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  process.stdout.write(
    `${ran} seeds, ${events} events in ${seconds} s: ${failures.length === 0 ? 'all hold' : `${failures.length} failed`}\n`,
  )
  ok = failures.length === 0
}
for (const worker of workers) worker.disconnect()
process.exitCode = ok ? 0 : 1

import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { csv, file } from '../connectors/file/index.js'
import { aggregate, count, eventTime, integer, into, job, mean, number, schema, timestamp, tumbling, view } from '../src/index.js'
import { startJobs } from '../src/runtime/start-jobs.js'

/*
 * A CSV file of a million readings through windows of a minute (mean and count by mote) into a view: with a journal, without
 * one, and as a script does it, with readline, split and a map. CPU time of the process, garbage collection included; rounds
 * take turns, medians are printed.
 */
const rows = 1_000_000
const motes = 50
const rounds = 3
const start = Date.UTC(2026, 0, 1)

const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-files-'))
const path = join(folder, 'readings.csv')

async function write(): Promise<void> {
  const out = await open(path, 'w')
  await out.write('at,mote,celsius,humidity\n')
  for (let n = 0; n < rows; n += 10_000) {
    let text = ''
    for (let i = n; i < n + 10_000; i++) text += `${start + i * 10},${i % motes},${(20 + (i % 977) / 100).toFixed(2)},${40 + (i % 31)}\n`
    await out.write(text)
  }
  await out.close()
}

const Reading = schema({ at: timestamp('epoch-ms'), mote: integer(), celsius: number(), humidity: number() })
const climate = job('climate', ({ read }) => [
  read('readings', file({ path, decode: csv(Reading) })).pipe(
    eventTime(r => r.at, { outOfOrderness: '5s' }),
    aggregate('climate', { by: r => ({ mote: r.mote }), over: tumbling('1m') }, { celsius: mean(r => r.celsius), n: count() }),
    into(view('climate')),
  ),
])

const quiet = { info: () => undefined, warn: () => undefined, error: (message: string) => console.error(message) }

async function millrace(dataDir: string | null): Promise<number> {
  let results = 0
  const running = await startJobs({ jobs: [climate], log: quiet, env: {}, dataDir, onOutput: output => (results += output.length) })
  const [end] = await running.done
  if (end?.error) throw end.error
  return results
}

async function script(): Promise<number> {
  const windows = new Map<string, { sum: number; n: number }>()
  let header = true
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (header) {
      header = false
      continue
    }
    const [at, mote, celsius] = line.split(',')
    const key = `${mote}|${Math.floor(Number(at) / 60_000)}`
    const window = windows.get(key)
    if (window) {
      window.sum += Number(celsius)
      window.n++
    } else windows.set(key, { sum: Number(celsius), n: 1 })
  }
  return windows.size
}

let life = 0
const variants = {
  'millrace, journaled': () => millrace(join(folder, `data-${++life}`)),
  'millrace, without a data folder': () => millrace(null),
  'readline + split + Map': script,
}

try {
  await write()
  const cpuMs: Record<string, number[]> = {}
  const results = new Map<string, number>()
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(variants)) {
      const before = process.cpuUsage()
      results.set(name, await run())
      const { user, system } = process.cpuUsage(before)
      cpuMs[name] = [...(cpuMs[name] ?? []), (user + system) / 1_000]
    }
  }
  if (new Set(results.values()).size !== 1) throw new Error(`the variants differ: ${JSON.stringify([...results])}`)
  for (const [name, all] of Object.entries(cpuMs)) {
    const median = all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!
    console.log(
      `${name.padEnd(34)}${Math.round((rows / median) * 1_000)
        .toLocaleString('en')
        .padStart(12)} rows per CPU-second`,
    )
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

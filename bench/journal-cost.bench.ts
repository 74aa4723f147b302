/**
 * What the journal costs a job: throughput with it as a ratio to the same run without it, in turns, each in a process of
 * its own; once with messages from an AMQP broker in another process, once with chunks from memory. The journal lies
 * under the temporary folder, or in the folder of MILLRACE_BENCH_DATA. `npm run bench -- journal-cost [MESSAGES] [ROUNDS]`
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { amqp, json } from '../connectors/amqp/index.js'
import type { SourceSpec } from '../src/connector/source.js'
import { aggregate, count, eventTime, into, job, max, mean, number, schema, text, timestamp, tumbling, view, where } from '../src/index.js'
import type { Schema } from '../src/model/schema.js'
import { startJobs } from '../src/runtime/start-jobs.js'
import { memorySource } from './memory-source.js'
import { sendReadings } from './pipeline-sender.js'
import { startedProcess } from './started-process.js'

const Reading = schema({ device: text(), celsius: number({ unit: '°C' }), humidity: number(), at: timestamp('epoch-ms') })
const warmUp = 0.1
const quiet = { info: () => {}, warn: console.error, error: console.error }
const self = process.argv[1]!
const main = resolve('dist/src/cli/main.js')

type Row = typeof Reading extends Schema<infer T> ? T : never

const jobOf = (source: SourceSpec<Row>) =>
  job('pipeline', ({ read }) => [
    read('readings', source).pipe(
      eventTime(r => r.at, { outOfOrderness: '1s' }),
      where(r => r.celsius.gt(22)),
      aggregate(
        'windows',
        { by: r => ({ device: r.device }), over: tumbling('10s') },
        { mean: mean(r => r.celsius), max: max(r => r.celsius), n: count() },
      ),
      into(view('windows', { keep: '20s' })),
    ),
  ])

/** Runs the job in this process until it has processed `messages`; prints the messages per second behind the warm-up. */
async function run(source: SourceSpec<Row>, dataDir: string | null, messages: number): Promise<void> {
  const running = await startJobs({ jobs: [jobOf(source)], log: quiet, env: process.env, dataDir })
  let from: { readonly count: number; readonly at: number } | undefined
  for (;;) {
    await new Promise(done => setTimeout(done, 20))
    const { received, waiting } = running.host.jobs()[0]!.counts
    const count = received - waiting
    if (!from && count >= messages * warmUp) from = { count, at: performance.now() }
    if (count < messages || !from) continue
    process.stdout.write(`${((count - from.count) / (performance.now() - from.at)) * 1000}\n`)
    process.exit(0)
  }
}

/** What a run in a process of its own prints. */
async function rateOf(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [self, 'run', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.on('data', text => {
    printed += text
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`the run ended with ${code}`)
  return Number(printed)
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

/** Without and with a journal in turns. */
async function compared(name: string, rounds: number, once: (dataDir: string | undefined) => Promise<number>): Promise<void> {
  const without: number[] = []
  const withIt: number[] = []
  for (let round = 0; round < rounds; round++) {
    without.push(await once(undefined))
    const dataDir = await mkdtemp(join(process.env['MILLRACE_BENCH_DATA'] ?? tmpdir(), 'millrace-cost-'))
    withIt.push(await once(dataDir))
    await rm(dataDir, { recursive: true })
  }
  const ratios = withIt.map((rate, i) => rate / without[i]!)
  const k = (rate: number): string => `${(rate / 1_000).toFixed(0)} k/s`
  const ratio = (100 * median(ratios)).toFixed(0)
  const each = ratios.map(one => (100 * one).toFixed(0)).join(' ')
  process.stdout.write(`${name.padEnd(18)} without ${k(median(without))}   with ${k(median(withIt))}   ratio ${ratio} % (${each})\n`)
}

const [first, second, third, fourth] = process.argv.slice(2)
if (first === 'run') {
  const dataDir = fourth === 'nowhere' ? null : fourth!
  const decode = json(Reading)
  const source = second === 'memory' ? memorySource(decode, Number(third)) : amqp({ url: second!, address: 'readings', decode })
  await run(source, dataDir, Number(third))
} else if (first === 'send') await sendReadings(second!, Number(third))
else {
  const messages = Number(first ?? 1_000_000) || 1_000_000
  const rounds = Number(second ?? 3) || 3
  await compared('from memory', rounds, dataDir => rateOf(['memory', String(5 * messages), dataDir ?? 'nowhere']))
  const broker = await startedProcess([main, 'broker', '--listen', '127.0.0.1:0'], /AMQP node\s+(amqp\S+)/)
  try {
    await compared('from a broker', rounds, async dataDir => {
      const sender = spawn(process.execPath, [self, 'send', broker.found, String(messages)], { stdio: 'inherit' })
      const rate = await rateOf([broker.found, String(messages), dataDir ?? 'nowhere'])
      if (sender.exitCode === null) sender.kill('SIGKILL')
      return rate
    })
  } finally {
    await broker.end()
  }
}

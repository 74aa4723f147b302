/**
 * How long a result takes, from the arrival of the message that closes its window at the job's socket to the arrival of
 * the broker's acknowledgement there: JSON, a window, the journal on disk, an AMQP sink. Broker, sender, job and the tap
 * that takes the times are four processes. Where the system tells it, how long job and tap waited for a core is printed too:
 * on a busy machine that is most of the slow ones. `npm run bench -- latency [SECONDS] [node|artemis]`
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startArtemis } from '../test/peers/artemis.js'
import { artemisAvailable } from '../test/peers/available.js'
import { type CoreTime, coreTime } from './core-time.js'
import { LatencyTap } from './latency-tap.js'
import { sendAtPace } from './paced-sender.js'
import { startedProcess } from './started-process.js'

const main = resolve('dist/src/cli/main.js')
/** Results of the first seconds, in which the compilers of the four processes are at work, are printed on a line of their own. */
const warmUpMs = 5_000

interface Broker {
  readonly url: string
  stop(): Promise<void>
}

async function node(): Promise<Broker> {
  const { found, end } = await startedProcess([main, 'broker', '--listen', '127.0.0.1:0'], /AMQP node\s+(amqp\S+)/)
  return { url: found, stop: () => end() }
}

const quantile = (sorted: readonly number[], q: number): string =>
  `${sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!.toFixed(1)} ms`

const waited = (before: CoreTime | undefined, after: CoreTime | undefined): string =>
  before && after ? `${Math.round(after.waited - before.waited)} ms for ${Math.round(after.ran - before.ran)} of work` : 'unknown'

async function measured(name: string, broker: Broker, perSecond: number, seconds: number): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'millrace-latency-'))
  const tap = await LatencyTap.start(Number(new URL(broker.url).port))
  const through = new URL(broker.url)
  through.port = String(tap.port)
  const args = [main, 'run', 'bench/latency.job.ts', '--no-http', '--data', data]
  const job = await startedProcess(args, /(attached) to readings/, { MILLRACE_AMQP_URL: through.href.replace(/\/$/, '') })
  const sender = spawn(process.execPath, [process.argv[1]!, 'sender', broker.url, String(perSecond), String(seconds)], { stdio: 'inherit' })
  const before = [coreTime(job.child.pid!), coreTime(process.pid)]
  await once(sender, 'exit')
  const waits = [coreTime(job.child.pid!), coreTime(process.pid)].map((after, i) => waited(before[i], after))
  await job.end()
  await tap.close()
  await rm(data, { recursive: true })
  const warm = tap.results.findIndex(({ arrived }) => arrived - tap.results[0]!.arrived > warmUpMs)
  print(`${name.padEnd(8)} ${String(perSecond).padStart(6)}/s, first ${warmUpMs / 1_000} s`, tap.results.slice(0, warm))
  print(`${name.padEnd(8)} ${String(perSecond).padStart(6)}/s, afterwards`, tap.results.slice(warm))
  process.stdout.write(`  waited for a core: job ${waits[0]}, tap ${waits[1]}\n`)
}

function print(title: string, results: LatencyTap['results']): void {
  const all = results.map(({ latency }) => latency).sort((a, b) => a - b)
  const [half, most, almost] = [0.5, 0.99, 0.999].map(q => quantile(all, q))
  process.stdout.write(`${title}   p50 ${half}   p99 ${most}   p99.9 ${almost}   at most ${quantile(all, 1)}   of ${all.length}\n`)
}

const [first, ...rest] = process.argv.slice(2)
if (first === 'sender') await sendAtPace(rest[0]!, Number(rest[1]), Number(rest[2]))
else {
  const seconds = Number(first ?? 30) || 30
  const brokers = {
    node,
    ...(artemisAvailable().present && { artemis: () => startArtemis() }),
  }
  for (const [name, start] of Object.entries(brokers)) {
    if (rest[0] && rest[0] !== name) continue
    for (const perSecond of [1_000, 20_000]) {
      const broker = await start()
      try {
        await measured(name, broker, perSecond, seconds)
      } finally {
        await broker.stop()
      }
    }
  }
}

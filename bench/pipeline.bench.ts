/**
 * The whole way: a sender, `millrace broker` and `millrace run` in three processes; JSON, `where`, a window by 1,000
 * devices, a view. Messages per second, and per second of processor time of the `run` process; as a peer rhea with
 * JSON.parse and a Map behind the same broker.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { createContainer } from '../src/amqp/rhea.js'
import { sendReadings } from './pipeline-sender.js'

const messages = Number(process.argv[2] ?? 1_000_000) || 1_000_000
const peerMessages = Math.min(messages, 300_000)
const main = resolve('dist/src/cli/main.js')
const usage = pathToFileURL(resolve('bench/report-usage.js')).href

interface Usage {
  readonly cpu: NodeJS.CpuUsage
  readonly rss: number
}

interface Started {
  readonly child: ChildProcess
  readonly url: string
  readonly last: () => Usage | undefined
}

/** Starts a program that says its URL on stderr, and listens to what it uses. */
async function started(args: readonly string[], pattern: RegExp, env: Record<string, string> = {}): Promise<Started> {
  const child = spawn(process.execPath, ['--import', usage, ...args], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  let last: Usage | undefined
  child.on('message', message => {
    last = message as Usage
  })
  const url = await new Promise<string>((found, fail) => {
    child.on('exit', code => fail(new Error(`${args.join(' ')} ended with ${code}`)))
    createInterface({ input: child.stderr! }).on('line', line => {
      const match = pattern.exec(line)
      if (match) found(match[1]!)
      else if (/MR\d/.test(line)) process.stderr.write(`${line}\n`)
    })
  })
  return { child, url, last: () => last }
}

async function ended(child: ChildProcess): Promise<void> {
  child.removeAllListeners('exit')
  const gone = once(child, 'exit')
  child.kill()
  await gone
}

const seconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6
const pause = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms))

function shown(name: string, count: number, wall: number, cpu: number): void {
  const perCore = (count / cpu / 1e3).toFixed(0)
  process.stdout.write(
    `${name.padEnd(24)} ${(count / wall / 1e3).toFixed(1)} k/s   ${perCore} k per second of its own core   ${cpu.toFixed(1)} s CPU\n`,
  )
}

/** Rows with a condition on the way, a window's state by device, as a first version is often written. */
function peer(url: string): Promise<void> {
  const container = createContainer({ onError: () => {} })
  const connection = container.connect({ host: '127.0.0.1', port: Number(new URL(url).port), username: 'anonymous', reconnect: false })
  const windows = new Map<string, { n: number; sum: number; max: number }>()
  connection.on('disconnected', () => {})
  return new Promise(done => {
    let seen = 0
    let cpu = process.cpuUsage()
    let wall = performance.now()
    connection.on('message', ({ message }) => {
      const row = JSON.parse((message.body as { content: Buffer }).content.toString()) as { device: string; celsius: number; at: number }
      if (row.celsius > 22) {
        const key = `${row.device} ${Math.floor(row.at / 10_000)}`
        const window = windows.get(key) ?? { n: 0, sum: 0, max: Number.NEGATIVE_INFINITY }
        window.n++
        window.sum += row.celsius
        window.max = Math.max(window.max, row.celsius)
        windows.set(key, window)
      }
      if (++seen === peerMessages / 10) {
        cpu = process.cpuUsage()
        wall = performance.now()
      }
      if (seen < peerMessages) return
      shown('rhea + JSON.parse + Map', peerMessages * 0.9, (performance.now() - wall) / 1000, seconds(process.cpuUsage(cpu)))
      connection.close()
      done()
    })
    connection.open_receiver({ source: { address: 'readings' }, credit_window: 1_000 })
  })
}

async function pipeline(broker: Started): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'millrace-pipeline-'))
  const run = await started(
    [...(process.env['PIPELINE_NODE']?.split(' ') ?? []), main, 'run', 'bench/pipeline.job.ts', '--http', '127.0.0.1:0', '--data', data],
    /page\s+(http\S+)/,
    {
      MILLRACE_AMQP_URL: broker.url,
    },
  )
  const sender = spawn(process.execPath, [process.argv[1]!, 'sender', broker.url, String(messages)], { stdio: 'inherit' })
  const processed = async (): Promise<number> => {
    const [job] = (await (await fetch(`${run.url}/api/v1/jobs`)).json()) as [{ counts: { received: number; waiting: number } }]
    return job.counts.received - job.counts.waiting
  }
  const resident: number[] = []
  let from: { readonly count: number; readonly wall: number; readonly usage: Usage } | undefined
  for (;;) {
    await pause(250)
    const count = await processed()
    const now = run.last()
    if (!now) continue
    if (!from && count >= messages / 10) from = { count, wall: performance.now(), usage: now }
    while (count >= ((resident.length + 1) * messages) / 10) resident.push(Math.round(now.rss / 1e6))
    if (count < messages || !from) continue
    await pause(300)
    const wall = (performance.now() - 300 - from.wall) / 1000
    shown('millrace run', count - from.count, wall, seconds(run.last()!.cpu) - seconds(from.usage.cpu))
    break
  }
  process.stdout.write(`resident after each tenth of ${messages.toLocaleString('en')}: ${resident.join(' ')} MB\n`)
  if (sender.exitCode === null) await once(sender, 'exit')
  await ended(run.child)
  await rm(data, { recursive: true })
}

if (process.argv[2] === 'sender') await sendReadings(process.argv[3]!, Number(process.argv[4]))
else {
  const broker = await started([main, 'broker', '--listen', '127.0.0.1:0'], /AMQP node\s+(amqp\S+)/)
  try {
    await pipeline(broker)
    const sender = spawn(process.execPath, [process.argv[1]!, 'sender', broker.url, String(peerMessages)], { stdio: 'inherit' })
    await peer(broker.url)
    if (sender.exitCode === null) await once(sender, 'exit')
    process.stdout.write(`the broker used ${seconds(broker.last()!.cpu).toFixed(1)} s CPU for both\n`)
  } finally {
    await ended(broker.child)
  }
}

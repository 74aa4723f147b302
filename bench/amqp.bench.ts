/**
 * AMQP messages of 114 bytes of JSON from another process to chunks, settled in ranges; as a peer rhea with JSON.parse and
 * a Map, on the same bytes. Messages per second of processor time of this process.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { amqp, raw } from '../connectors/amqp/index.js'
import { createContainer } from '../src/amqp/rhea.js'
import { connectorContext } from '../test/support/connector-context.js'
import { serveReadings } from './amqp-sender.js'

const messages = Number(process.argv[2] ?? 300_000) || 300_000
const warmUp = 100_000
/** The peer is slower and needs no long run. */
const peerMessages = Math.min(messages, 300_000)

const context = connectorContext({ job: 'bench' })

interface Measured {
  readonly perCpuSecond: number
  readonly wallSeconds: number
  readonly megabytes: number
  /** Resident size after each tenth of the messages, MB. */
  readonly tenths: readonly number[]
}

const residentMb = (): number => Math.round(process.memoryUsage().rss / 1e6)

const since = (count: number, cpu: NodeJS.CpuUsage, wall: number, tenths: readonly number[]): Measured => {
  const used = process.cpuUsage(cpu)
  const seconds = (used.user + used.system) / 1e6
  return { perCpuSecond: count / seconds, wallSeconds: (performance.now() - wall) / 1000, megabytes: residentMb(), tenths }
}

async function toChunks(url: string): Promise<Measured> {
  const reader = await amqp({ url, address: 'readings', decode: raw() }).open(context)
  let seen = 0
  let cpu = process.cpuUsage()
  let wall = performance.now()
  let measuring = false
  const tenths: number[] = []
  for (;;) {
    const chunk = (await reader.next())!
    seen += chunk.length
    reader.settle(chunk.receipt)
    if (!measuring && seen >= warmUp) {
      measuring = true
      seen = 0
      cpu = process.cpuUsage()
      wall = performance.now()
    }
    if (measuring && seen >= ((tenths.length + 1) * messages) / 10) tenths.push(residentMb())
    if (measuring && seen >= messages) break
  }
  const result = since(messages, cpu, wall, tenths)
  await reader.close('release')
  return result
}

function plainRhea(url: string): Promise<Measured> {
  const { port } = new URL(url)
  const container = createContainer({ onError: () => {} })
  const means = new Map<string, { n: number; sum: number }>()
  return new Promise(resolve => {
    const connection = container.connect({ host: '127.0.0.1', port: Number(port), username: 'anonymous', reconnect: false })
    let seen = -warmUp
    let cpu = process.cpuUsage()
    let wall = performance.now()
    connection.on('disconnected', () => {})
    connection.on('message', ({ message }) => {
      const row = JSON.parse((message.body as { content: Buffer }).content.toString()) as { device: string; celsius: number }
      const mean = means.get(row.device) ?? { n: 0, sum: 0 }
      mean.n++
      mean.sum += row.celsius
      means.set(row.device, mean)
      if (++seen === 0) {
        cpu = process.cpuUsage()
        wall = performance.now()
      }
      if (seen !== peerMessages) return
      resolve(since(peerMessages, cpu, wall, []))
      connection.close()
    })
    connection.open_receiver({ source: { address: 'readings' }, credit_window: 1_000 })
  })
}

if (process.argv[2] === 'sender') serveReadings()
else await compare()

async function compare(): Promise<void> {
  const child = spawn(process.execPath, [process.argv[1]!, 'sender'], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const url = await new Promise<string>(resolve => createInterface({ input: child.stdout }).once('line', resolve))
    const ours = await toChunks(url)
    const peer = await plainRhea(url)
    const shown = (name: string, { perCpuSecond, wallSeconds, megabytes }: Measured) =>
      process.stdout.write(
        `${name.padEnd(28)} ${(perCpuSecond / 1e3).toFixed(0).padStart(6)} k/s per core   ${wallSeconds.toFixed(2)} s   ${megabytes.toFixed(0)} MB\n`,
      )
    shown('AMQP to chunks, accepted', ours)
    process.stdout.write(`resident after each tenth of ${messages.toLocaleString('en')}: ${ours.tenths.join(' ')} MB\n`)
    shown('rhea + JSON.parse + Map', peer)
    process.stdout.write(
      `ratio ${(ours.perCpuSecond / peer.perCpuSecond).toFixed(1)}; decoding of chunks is measured by the json benchmark\n`,
    )
  } finally {
    child.kill()
  }
}

/**
 * Result rows to an AMQP address, each acknowledged: the sink, and a plain rhea sender with JSON.stringify, to a node in
 * another process whose address nobody reads. Rows per second of processor time of this process, in turns;
 * `npm run bench -- sink [ROWS] [ROUNDS]`
 */
import { resolve } from 'node:path'
import { amqpSink } from '../connectors/amqp/index.js'
import { encodeMessage } from '../src/amqp/encode-message.js'
import { createContainer } from '../src/amqp/rhea.js'
import type { OutputBatch } from '../src/connector/sink.js'
import { connectorContext } from '../test/support/connector-context.js'
import { startedProcess } from './started-process.js'

const rows = Number(process.argv[2] ?? 100_000) || 100_000
const rounds = Number(process.argv[3] ?? 3) || 3
const aBatch = 1_000
/** What rhea keeps unsettled in one session. */
const mostInFlight = 2_000
const firstAt = 1_700_000_000_000

const device = (i: number): string => `device-${String(i % 1_000).padStart(4, '0')}`
const mean = (i: number): number => 20 + (i % 100) / 8

/** Rows as a window gives them. */
function batchFrom(from: number): OutputBatch {
  const numbers = (value: (i: number) => number) => Float64Array.from({ length: aBatch }, (_, i) => value(from + i))
  const ids = Array.from({ length: aBatch }, (_, i) => `bench|climate|${device(from + i)}|${firstAt + from + i}|0`)
  return {
    sink: 'results',
    length: aBatch,
    schema: [
      { name: 'device', type: 'text', nullable: false },
      { name: 'mean', type: 'number', nullable: false },
      { name: 'n', type: 'integer', nullable: false },
      { name: 'window_start', type: 'timestamp', nullable: false },
      { name: 'window_end', type: 'timestamp', nullable: false },
    ],
    columns: {
      device: { type: 'text', form: 'plain', values: Array.from({ length: aBatch }, (_, i) => device(from + i)) },
      mean: { type: 'number', values: numbers(mean), nulls: undefined },
      n: { type: 'number', values: numbers(() => 60), nulls: undefined },
      window_start: { type: 'number', values: numbers(i => firstAt + i), nulls: undefined },
      window_end: { type: 'number', values: numbers(i => firstAt + i + 60_000), nulls: undefined },
    },
    computed: {},
    ids,
    keys: ids,
    removed: undefined,
    wall: firstAt,
    watermark: firstAt,
  }
}

async function throughSink(url: string): Promise<void> {
  const writer = await amqpSink('results', { url, address: 'ours', kind: 'topic' }).open(connectorContext({ job: 'bench', id: 'results' }))
  await writer.open()
  for (let from = 0; from < rows; from += aBatch) await writer.write(batchFrom(from), { entry: from + 1, ordinal: 0 })
  await writer.close()
}

function plainRhea(url: string): Promise<void> {
  const { port } = new URL(url)
  const connection = createContainer({ onError: () => {} }).connect({
    host: '127.0.0.1',
    port: Number(port),
    username: 'anonymous',
    reconnect: false,
  })
  connection.on('disconnected', () => {})
  return new Promise(done => {
    const sender = connection.open_sender({ target: { address: 'plain', capabilities: ['topic'] } })
    let sent = 0
    let accepted = 0
    const send = (): void => {
      for (; sent < rows && sent - accepted < mostInFlight && sender.sendable(); sent++) {
        const at = firstAt + sent
        const row = {
          device: device(sent),
          mean: mean(sent),
          n: 60,
          window_start: new Date(at).toISOString(),
          window_end: new Date(at + 60_000).toISOString(),
        }
        const data = JSON.stringify(row)
        sender.send(encodeMessage({ messageId: `row-${sent}`, contentType: 'application/json', body: { data } }), undefined, 0)
      }
    }
    sender.on('sendable', send)
    sender.on('accepted', () => {
      if (++accepted === rows) connection.close()
      else send()
    })
    connection.on('connection_close', () => done())
  })
}

async function rate(send: (url: string) => Promise<void>, url: string): Promise<number> {
  const cpu = process.cpuUsage()
  await send(url)
  const { user, system } = process.cpuUsage(cpu)
  return rows / ((user + system) / 1e6)
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

const { found: url, end } = await startedProcess(
  [resolve('dist/src/cli/main.js'), 'broker', '--listen', '127.0.0.1:0'],
  /AMQP node\s+(amqp\S+)/,
)
try {
  const [ours, plain]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    ours.push(await rate(throughSink, url))
    plain.push(await rate(plainRhea, url))
  }
  for (const [name, rates] of [
    ['amqpSink, acknowledged', ours],
    ['rhea + JSON.stringify', plain],
  ] as const)
    process.stdout.write(`${name.padEnd(24)} ${(median(rates) / 1e3).toFixed(1).padStart(6)} k rows a CPU second\n`)
  process.stdout.write(`ratio ${(median(ours) / median(plain)).toFixed(2)}\n`)
} finally {
  await end()
}

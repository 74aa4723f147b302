/** JSON bodies of 114 bytes to columns: the scanner, and JSON.parse a record or 512 records at once, as peers. */
import { json } from '../src/codecs/json.js'
import type { Chunk } from '../src/model/chunk.js'
import { applicationProperty, integer, number, oneOf, schema, text, timestamp } from '../src/model/fields.js'

const records = 4_096
const seconds = Number(process.argv[2] ?? 1.5)

const fields = {
  device: text(),
  celsius: number({ unit: '°C' }),
  humidity: number(),
  at: timestamp('epoch-ms'),
  state: oneOf('run', 'stop'),
  battery: integer(),
}
const Reading = schema(fields)

const bodies = Array.from({ length: records }, (_, i) => {
  const device = `device-${String(i % 1_000).padStart(4, '0')}`
  const celsius = (20 + ((i * 7) % 1_000) / 100).toFixed(2)
  const humidity = (40 + ((i * 13) % 500) / 10).toFixed(1)
  return `{"device":"${device}","celsius":${celsius},"humidity":${humidity},"at":${1_700_000_000_000 + i * 5},"state":"run","battery":${10 + (i % 90)},"fw":"1.23"}`
})

function chunkOf(encoding: Chunk['encoding'], messages: readonly (readonly number[])[]): Chunk {
  const starts = new Int32Array(records)
  const ends = new Int32Array(records)
  let position = 0
  messages.forEach((message, i) => {
    starts[i] = position
    position += message.length
    ends[i] = position
  })
  return { encoding, partition: 0, bytes: Uint8Array.from(messages.flat()), starts, ends, length: records, receipt: 1 }
}

const encoded = bodies.map(body => [...new TextEncoder().encode(body)])
const chunk = chunkOf('body', encoded)
// Part 3 §3.2: header with durable, properties with a message-id, application properties with one text, data.
const ascii = (text: string): number[] => [text.length, ...new TextEncoder().encode(text)]
const messages = chunkOf(
  'amqp',
  encoded.map((body, i) => {
    const id = [0xa1, ...ascii(`m${i}`)]
    const pair = [0xa1, ...ascii('room'), 0xa1, ...ascii(`room-${i % 100}`)]
    const sections = [0x00, 0x53, 0x70, 0xc0, 2, 1, 0x41, 0x00, 0x53, 0x73, 0xc0, id.length + 1, 1, ...id]
    return [...sections, 0x00, 0x53, 0x74, 0xc1, pair.length + 1, 2, ...pair, 0x00, 0x53, 0x75, 0xa0, body.length, ...body]
  }),
)
const { starts, ends, bytes } = chunk
const buffer = Buffer.from(bytes)

const wanted = new Set(['device', 'celsius', 'humidity', 'at'])
const decoder = json(Reading).compile({ wanted, keyed: new Set(['device']) })
const unkeyed = json(Reading).compile({ wanted, keyed: new Set() })
const inRooms = json(schema({ ...fields, room: text().from(applicationProperty('room')) })).compile({
  wanted: new Set(['device', 'celsius', 'humidity', 'at', 'room']),
  keyed: new Set(['device', 'room']),
})
const columns = {
  celsius: new Float64Array(records),
  humidity: new Float64Array(records),
  at: new Float64Array(records),
  device: [] as string[],
}
type Row = { readonly device: string; readonly celsius: number; readonly humidity: number; readonly at: number }

function put(row: Row, i: number): void {
  columns.celsius[i] = row.celsius
  columns.humidity[i] = row.humidity
  columns.at[i] = row.at
  columns.device[i] = row.device
}

const ways: readonly (readonly [string, () => number])[] = [
  ['json(S): into columns, one key', () => decoder.decode(chunk).length],
  ['without a key', () => unkeyed.decode(chunk).length],
  ['whole AMQP messages, a property as key 2', () => inRooms.decode(messages).length],
  [
    'JSON.parse a record',
    () => {
      for (let i = 0; i < records; i++) put(JSON.parse(buffer.toString('utf8', starts[i]!, ends[i]!)) as Row, i)
      return records
    },
  ],
  [
    'JSON.parse of 512 joined',
    () => {
      for (let from = 0; from < records; from += 512) {
        const parts: string[] = []
        for (let i = from; i < from + 512; i++) parts.push(buffer.toString('latin1', starts[i]!, ends[i]!))
        ;(JSON.parse(`[${parts.join(',')}]`) as Row[]).forEach((row, i) => void put(row, from + i))
      }
      return records
    },
  ],
]

/** Rounds in turn, so that a noisy minute falls on all. */
const rounds = 5
const rates = ways.map((): number[] => [])
for (const [, run] of ways) for (const until = performance.now() + 300; performance.now() < until; ) run()
for (let round = 0; round < rounds; round++) {
  ways.forEach(([, run], way) => {
    const cpu = process.cpuUsage()
    let done = 0
    for (const until = performance.now() + (seconds * 1_000) / rounds; performance.now() < until; ) done += run()
    const { user, system } = process.cpuUsage(cpu)
    rates[way]!.push(done / (user + system))
  })
}
const medians = rates.map(rate => rate.sort((a, b) => a - b)[rounds >> 1]!)
process.stdout.write(
  `${records} bodies of ${(bytes.length / records).toFixed(0)} bytes, records a CPU-second, medians of ${rounds} rounds\n`,
)
ways.forEach(([name], way) => {
  const rate = medians[way]!
  process.stdout.write(`${name.padEnd(42)} ${rate.toFixed(2).padStart(6)} M   ${(medians[0]! / rate).toFixed(1)}×\n`)
})

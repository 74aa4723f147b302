/** What it costs to find and remember the ids of messages, beside the decoding that follows. */
import { json } from '../src/codecs/json.js'
import type { Chunk } from '../src/model/chunk.js'
import { integer, number, oneOf, schema, text, timestamp } from '../src/model/fields.js'
import { IdSet } from '../src/runtime/identity/id-set.js'
import { MessageIdentity } from '../src/runtime/identity/message-identity.js'

const messages = Number(process.argv[2] ?? 2_500_000)
const aChunk = 512

const Reading = schema({
  device: text(),
  celsius: number({ unit: '°C' }),
  humidity: number(),
  at: timestamp('epoch-ms'),
  state: oneOf('run', 'stop'),
  battery: integer(),
})
const ascii = (value: string): number[] => [value.length, ...Buffer.from(value)]

/** Part 3 §3.2: header with durable, properties with a message-id, data. The digits of the id are written over later. */
function message(i: number): number[] {
  const id = [0xa1, ...ascii(`device-${String(i % 1_000).padStart(4, '0')}:000000000`)]
  const celsius = (20 + ((i * 7) % 1_000) / 100).toFixed(2)
  const body = `{"device":"device-${String(i % 1_000).padStart(4, '0')}","celsius":${celsius},"humidity":41.5,"at":${1_700_000_000_000 + i * 5},"state":"run","battery":${10 + (i % 90)},"fw":"1.23"}`
  const sections = [0x00, 0x53, 0x70, 0xc0, 2, 1, 0x41, 0x00, 0x53, 0x73, 0xc0, id.length + 1, 1, ...id]
  return [...sections, 0x00, 0x53, 0x75, 0xa0, body.length, ...Buffer.from(body)]
}

const encoded = Array.from({ length: aChunk }, (_, i) => message(i))
const starts = new Int32Array(aChunk)
const ends = new Int32Array(aChunk)
let end = 0
encoded.forEach((bytes, i) => {
  starts[i] = end
  end += bytes.length
  ends[i] = end
})
const chunk: Chunk = { encoding: 'amqp', partition: 0, bytes: Uint8Array.from(encoded.flat()), starts, ends, length: aChunk, receipt: 1 }
/** Behind header, properties' head, and `device-0000:`. */
const digits = starts.map(start => start + 7 + 6 + 2 + 12)

function numbered(from: number): void {
  const { bytes } = chunk
  for (let i = 0; i < aChunk; i++) {
    for (let at = digits[i]! + 8, value = from + i; at >= digits[i]!; at--, value = Math.floor(value / 10)) bytes[at] = 48 + (value % 10)
  }
}

const identity = new MessageIdentity({ from: 'message-id' })
const decoder = json(Reading).compile({ wanted: new Set(['device', 'celsius', 'humidity', 'at']), keyed: new Set(['device']) })

/** Microseconds of CPU a message. */
function measured(work: () => void): number {
  let us = 0
  for (let from = 0; from < messages; from += aChunk) {
    numbered(from)
    const began = process.cpuUsage()
    work()
    us += process.cpuUsage(began).user
  }
  return us / messages
}

const ways: readonly (readonly [string, () => () => void])[] = [
  ['decode alone', () => () => void decoder.decode(chunk)],
  [
    'find ids alone',
    () => () => {
      for (let i = 0; i < aChunk; i++) identity.locate(chunk, i)
    },
  ],
  [
    'judge new ids (1 M or 10 min)',
    () => {
      const set = new IdSet({ key: 7 })
      let stream = 0
      return () => void set.judge('readings', identity, chunk, stream++, stream)
    },
  ],
  [
    'decode and judge',
    () => {
      const set = new IdSet({ key: 7 })
      return () => {
        const { omit } = set.judge('readings', identity, chunk, 0, 1)
        decoder.decode(chunk, omit)
      }
    },
  ],
]
const wanted = process.argv[3]
for (const [name, way] of ways) {
  if (wanted && !name.startsWith(wanted)) continue
  const costs = [measured(way()), measured(way()), measured(way())].sort((a, b) => a - b)
  process.stdout.write(`${name.padEnd(36)} ${(1_000 * costs[1]!).toFixed(0).padStart(5)} ns of CPU a message\n`)
}

const set = new IdSet({ key: 7 })
let worst = 0
for (let from = 0; from < 2_000_000; from += aChunk) {
  numbered(from)
  const began = performance.now()
  set.judge('readings', identity, chunk, 0, 1)
  worst = Math.max(worst, performance.now() - began)
}
const began = performance.now()
const { state, side } = set.snapshot()
const captured = performance.now()
const again = new IdSet({ key: 7 })
again.restore(state, [side])
const restored = performance.now()
process.stdout.write(
  `${set.size} ids: longest chunk ${worst.toFixed(1)} ms, capture of all ${(captured - began).toFixed(1)} ms (${side.length} bytes), restore ${(restored - captured).toFixed(0)} ms\n`,
)

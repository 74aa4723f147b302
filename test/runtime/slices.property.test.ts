import fc from 'fast-check'
import { map } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { count } from '../../src/aggregates/count.js'
import { first } from '../../src/aggregates/first.js'
import { last } from '../../src/aggregates/last.js'
import { convert, emit, reject, skip } from '../../src/codecs/convert.js'
import type { DecoderSpec } from '../../src/codecs/decoder.js'
import { json } from '../../src/codecs/json.js'
import type { Job } from '../../src/job/graph.js'
import { job } from '../../src/job/job.js'
import type { Chunk } from '../../src/model/chunk.js'
import { valueAt } from '../../src/model/columns.js'
import { integer, schema, text, timestamp } from '../../src/model/fields.js'
import type { RowInput, RowOf } from '../../src/model/schema.js'
import { aggregate } from '../../src/operators/aggregate.js'
import { eventTime } from '../../src/operators/event-time.js'
import { filterRows } from '../../src/operators/filter-rows.js'
import { into } from '../../src/operators/into.js'
import { mapRows } from '../../src/operators/map-rows.js'
import { merge } from '../../src/operators/merge.js'
import { rx } from '../../src/operators/rx.js'
import { where } from '../../src/operators/where.js'
import { EntryPush } from '../../src/runtime/flow/entry-push.js'
import { LoopTurn } from '../../src/runtime/flow/loop-turn.js'
import { placed } from '../../src/runtime/flow/outbox.js'
import { IdSet } from '../../src/runtime/identity/id-set.js'
import { JobMemory } from '../../src/runtime/status/job-memory.js'
import { collectSink } from '../../src/testing/collect-sink.js'
import { tumbling } from '../../src/windows/tumbling.js'
import { FakeSource } from './fake-source.js'

const Reading = schema({ room: text(), n: integer(), at: timestamp('epoch-ms') })
type Reading = RowOf<typeof Reading>

const converted = convert(Reading, message => {
  const reading = message.json() as RowInput<Reading>
  return reading.n % 7 === 0 ? skip() : reading.n % 11 === 0 ? reject('eleven') : emit(reading)
})

/** JavaScript in decoder and operator, rows and windows as results. */
const branches = (decode: DecoderSpec<Reading>): Job =>
  job('branches', ({ read }) => {
    const readings = read('readings', new FakeSource().spec(decode, { from: 'body', path: ['id'] })).pipe(
      mapRows('map', Reading, row => {
        if (row.n % 13 === 0) throw new Error('thirteen')
        return { ...row, n: row.n + 1 }
      }),
      eventTime(r => r.at, { outOfOrderness: '1s' }),
    )
    return [
      readings.pipe(
        where(r => r.n.mod(3).ne(0)),
        into(collectSink('rows')),
      ),
      readings.pipe(
        aggregate(
          'windows',
          { by: r => ({ room: r.room }), over: tumbling('2s'), allowedLateness: '2s', late: late => late.pipe(into(collectSink('late'))) },
          { n: count(), first: first(r => r.n), last: last(r => r.n) },
        ),
        filterRows('some', w => w.n > 1),
        into(collectSink('windows')),
      ),
    ]
  })

/** Branches that meet again: what leaves there is in the order of its batches. */
const meeting = (): Job =>
  job('meeting', ({ read }) => {
    const readings = read('readings', new FakeSource().spec(converted, { from: 'body', path: ['id'] }))
    const [odd, even] = [readings.pipe(filterRows('odd', r => r.n % 2 === 1)), readings.pipe(filterRows('even', r => r.n % 2 === 0))]
    return [merge('both', odd, even).pipe(into(collectSink('rows')))]
  })

/** An RxJS operator that tells of how many rows its batches are. */
const telling = (): Job =>
  job('telling', ({ read }) => [
    read('readings', new FakeSource().spec(json(Reading), { from: 'body', path: ['id'] })).pipe(
      mapRows('map', Reading, row => row),
      rx(
        'size',
        map(batch => {
          const values = new Float64Array(batch.length).fill(batch.length)
          return batch.with({ columns: { ...batch.columns, n: { type: 'number', values, nulls: undefined } } })
        }),
      ),
      into(collectSink('rows')),
    ),
  ])

function chunkOf(messages: readonly object[], receipt: number): Chunk {
  const bodies = messages.map(message => Buffer.from(JSON.stringify(message)))
  const ends = new Int32Array(bodies.length)
  const starts = new Int32Array(bodies.length)
  bodies.forEach((body, i) => {
    starts[i] = ends[i - 1] ?? 0
    ends[i] = starts[i]! + body.length
  })
  return { encoding: 'body', partition: 0, bytes: Buffer.concat(bodies), starts, ends, length: bodies.length, receipt }
}

/** What follows from the chunks, which were taken in as `slices` tells, with the places of the outputs, while time passes as told. */
async function followed(one: Job, chunks: readonly (readonly object[])[], slices: readonly Told[], monotonic: () => number) {
  const graph = one.start({ bounded: false })
  const memory = new JobMemory(new IdSet({ key: 0 }))
  /** Of each sink by itself, as outputs go their ways; of refused and late rows. */
  const told = new Map<string, unknown[]>()
  const tell = (to: string, what: readonly unknown[]) => told.set(to, [...(told.get(to) ?? []), what])
  const push = new EntryPush(
    graph,
    memory,
    {
      outputs: (entry, outputs) => {
        for (const { ordinal, outputs: batch } of placed(entry, outputs)) {
          const rows = batch.ids.map((id, i) => [id, batch.keys[i], ...batch.schema.map(({ name }) => valueAt(batch.columns[name]!, i))])
          tell(batch.sink, [entry, ordinal, rows, batch.removed && [...batch.removed], batch.wall, batch.watermark])
        }
      },
      refused: (entry, index, { code, path, bytes }) => tell('refused', [entry, index, code, path, Buffer.from(bytes).toString()]),
      late: (entry, rows) => tell('missed', [entry, rows]),
    },
    new LoopTurn({ monotonic }),
  )
  for (const [i, messages] of chunks.entries()) {
    const now = 10_000 + i * 700
    const slice = slices[i % slices.length]
    await push.chunk({
      kind: 'chunk',
      entry: i + 1,
      source: 'readings',
      clock: { wall: now, stream: now, partition: now },
      chunk: chunkOf(messages, i),
      ...(slice !== undefined && { slice }),
    })
  }
  const { received, deadLettered, duplicate, skipped, results } = memory.counts
  const rows = [...graph.metrics()].map(([id, { rowsIn, rowsOut, messages }]) => [id, rowsIn, rowsOut, messages])
  return { told, counts: { received, deadLettered, duplicate, skipped, results }, rows }
}

/** What the journal keeps of the slices of an entry; nothing in what a release wrote that cut such jobs at 4,096 rows. */
type Told = number | undefined
const told: fc.Arbitrary<readonly Told[]> = fc.array(fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }), {
  minLength: 1,
  maxLength: 4,
})

const message = fc.record({
  id: fc.integer({ min: 0, max: 300 }),
  room: fc.constantFrom('a', 'b', 'c'),
  n: fc.integer({ min: 0, max: 100 }),
  at: fc.integer({ min: 0, max: 12_000 }),
})

describe.each([
  ['with a converter', () => branches(converted), 60],
  ['with JSON', () => branches(json(Reading)), 60],
  ['whose branches meet again', meeting, 20],
  ['with an RxJS operator', telling, 20],
])('a job %s', (_, make, numRuns) => {
  test('gives the same, at the same places, however its chunks are cut into slices', async () => {
    const chunks = fc.array(fc.array(message, { maxLength: 400 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(
        chunks,
        told,
        fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 20 }),
        async (sent, slices, steps) => {
          let calls = 0
          let now = 0
          const uneven = () => (now += steps[calls++ % steps.length]!)
          expect(await followed(make(), sent, slices, uneven)).toEqual(await followed(make(), sent, slices, () => 0))
        },
      ),
      { numRuns },
    )
  })
})

test('what leaves a job with an RxJS operator depends on what the journal keeps of its slices: it has to', async () => {
  const sent = [Array.from({ length: 50 }, (_, id) => ({ id, room: 'a', n: 1, at: id }))]
  const sizes = async (slices: readonly Told[]) => JSON.stringify([...(await followed(telling(), sent, slices, () => 0)).told])
  expect(await sizes([50])).toBe(await sizes([undefined]))
  expect(await sizes([8])).not.toBe(await sizes([50]))
})

import { expect, test } from 'vitest'
import type { OutputBatch, Position, SinkWriter } from '../../connector/sink.js'
import type { GraphSink } from '../../job/graph.js'
import { valueAt } from '../../model/columns.js'
import { systemRandom } from '../seams/system-random.js'
import { virtualTime } from '../seams/virtual-time.js'
import { Outbox, placed } from './outbox.js'

/** Rows `from … from + length − 1` for the sink `out`. */
function batch(from: number, length: number): OutputBatch {
  const numbers = Array.from({ length }, (_, i) => from + i)
  const ids = numbers.map(n => `r${n}`)
  return {
    sink: 'out',
    length,
    schema: [{ name: 'n', type: 'number', nullable: false }],
    columns: { n: { type: 'number', values: Float64Array.from(numbers), nulls: undefined } },
    computed: { address: { type: 'text', form: 'plain', values: ids } },
    ids,
    keys: ids,
    removed: Uint8Array.from(numbers, n => n % 2),
    wall: 0,
    watermark: 0,
  }
}

interface Written {
  readonly outputs: OutputBatch
  readonly position: Position
}

/** An outbox with one sink, whose acknowledgements become durable when the test says so. */
function outboxOf(remembers: number | undefined, durable = Number.POSITIVE_INFINITY) {
  const time = virtualTime(0)
  const written: Written[] = []
  const noted: (() => void)[] = []
  const writer: SinkWriter = {
    guarantee: 'idempotent',
    remembers,
    open: async () => undefined,
    write: async (outputs, position) => void written.push({ outputs, position }),
    status: () => ({ connected: true, detail: '', pending: 0 }),
    close: async () => {},
  }
  const outbox = new Outbox({
    sinks: [{ id: 'out', spec: { kind: 'sink' } } as unknown as GraphSink],
    open: async () => writer,
    real: time,
    random: systemRandom,
    maxBytes: 2 ** 20,
    onOutput: undefined,
    durable,
    events: {
      maySend: async () => {},
      reached: () => {},
      acknowledged: (_item, _refused, durable) => void noted.push(durable),
      refused: async () => {},
      failed: error => {
        throw error
      },
    },
  })
  outbox.start()
  return { outbox, written, noted, time }
}

test('a large output is placed in pieces, row by row what it was, at positions that count its rows', () => {
  const [small, large] = [batch(0, 3), batch(3, 3_000)]
  const pieces = placed(7, [small, large])
  expect(pieces.map(({ entry, ordinal, outputs }) => [entry, ordinal, outputs.length])).toEqual([
    [7, 0, 3],
    [7, 3, 1_024],
    [7, 1_027, 1_024],
    [7, 2_051, 952],
  ])
  for (const { ordinal, outputs } of pieces) {
    for (let i = 0; i < outputs.length; i++) {
      const n = ordinal + i
      expect([outputs.ids[i], outputs.keys[i], outputs.removed![i]]).toEqual([`r${n}`, `r${n}`, n % 2])
      expect([valueAt(outputs.columns['n']!, i), valueAt(outputs.computed['address']!, i)]).toEqual([n, `r${n}`])
    }
  }
  expect(placed(7, [batch(0, 0)])).toEqual([])
})

test('no more rows than half of what the peer remembers are sent and not yet noted, however large the output', async () => {
  const { outbox, written, noted, time } = outboxOf(4_096)
  outbox.add(1, [batch(0, 5_000)])
  let most = 0
  let rows = 0
  for (let durable = 0; durable < 5; durable++) {
    await time.settle()
    const sent = written.reduce((sum, { outputs }) => sum + outputs.length, 0)
    most = Math.max(most, sent - rows)
    rows += written[durable]!.outputs.length
    noted[durable]!()
  }
  await time.settle()
  expect(most).toBe(2_048)
  expect(rows).toBe(5_000)
  expect(written.flatMap(({ outputs }) => outputs.ids)).toEqual(batch(0, 5_000).ids)
  expect(outbox.empty).toBe(true)
  expect(outbox.bytes).toBe(0)
})

test('outputs wait until their entry is durable, are in a snapshot until they are acknowledged, and come back from it', async () => {
  const { outbox, written, time } = outboxOf(undefined, 5)
  const places = (of: readonly { entry: number; ordinal: number }[]) => of.map(({ entry, ordinal }) => [entry, ordinal])
  outbox.add(5, [batch(0, 1)])
  outbox.add(6, [batch(1, 2), batch(3, 1)])
  outbox.add(7, [batch(4, 1)])
  expect(places(outbox.snapshot())).toEqual([
    [5, 0],
    [6, 0],
    [6, 2],
    [7, 0],
  ])
  await time.settle()
  expect(places(written.map(({ position }) => position))).toEqual([[5, 0]])
  const stored = outbox.snapshot()
  expect(outbox.oldestEntry).toBe(6)
  expect(outbox.release(6)).toBe(true)
  await time.settle()
  expect(places(written.map(({ position }) => position))).toEqual([
    [5, 0],
    [6, 0],
    [6, 2],
  ])
  expect(places(outbox.snapshot())).toEqual([[7, 0]])
  expect(outbox.release(6)).toBe(false)

  const after = outboxOf(undefined, 7)
  after.outbox.restore(stored)
  expect(after.outbox.bytes).toBeGreaterThan(0)
  await after.time.settle()
  expect(after.written.flatMap(({ outputs }) => outputs.ids)).toEqual(['r1', 'r2', 'r3', 'r4'])
  expect([after.outbox.empty, after.outbox.bytes]).toEqual([true, 0])
})

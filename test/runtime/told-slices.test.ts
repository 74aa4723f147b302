import { map } from 'rxjs'
import { expect, test } from 'vitest'
import { json } from '../../src/codecs/json.js'
import type { SinkSpec } from '../../src/connector/sink.js'
import { job } from '../../src/job/job.js'
import type { MemoryDisk } from '../../src/journal/memory-disk-fixture.js'
import { readJournal } from '../../src/journal/read-journal.js'
import { valueAt } from '../../src/model/columns.js'
import { integer, schema } from '../../src/model/fields.js'
import { filterRows } from '../../src/operators/filter-rows.js'
import { into } from '../../src/operators/into.js'
import { merge } from '../../src/operators/merge.js'
import { rx } from '../../src/operators/rx.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { memoryFolder } from '../support/memory-folder.js'
import { FakeSink } from './fake-sink.js'
import { FakeSource } from './fake-source.js'
import { running, start } from './rig.js'

const Reading = schema({ n: integer(), size: integer() })

/** What a sink was given, by id; it acknowledges nothing until it is let. */
class Given {
  readonly rows = new Map<string, string>()
  acknowledges = false

  spec(id: string): SinkSpec<unknown> {
    return {
      ...new FakeSink().spec(id),
      open: async () => ({
        guarantee: 'idempotent',
        open: async () => undefined,
        write: async outputs => {
          outputs.ids.forEach((row, i) => {
            this.rows.set(row, JSON.stringify(outputs.schema.map(({ name }) => valueAt(outputs.columns[name]!, i))))
          })
          if (!this.acknowledges) await new Promise(() => {})
        },
        status: () => ({ connected: true, detail: 'fake', pending: 0 }),
        close: async () => undefined,
      }),
    }
  }
}

/** Branches that meet again, and an RxJS operator that tells the length of its batches. */
function cutShowing() {
  const source = new FakeSource()
  const [sink, given] = [new FakeSink(), { order: new Given(), sizes: new Given() }]
  const one = job('shows', ({ read }) => {
    const readings = read('readings', source.spec(json(Reading)))
    const [odd, even] = [readings.pipe(filterRows('odd', r => r.n % 2 === 1)), readings.pipe(filterRows('even', r => r.n % 2 === 0))]
    const sized = rx<{ n: number; size: number }>(
      'sized',
      map(batch => {
        const values = new Float64Array(batch.length).fill(batch.length)
        return batch.with({ columns: { ...batch.columns, size: { type: 'number', values, nulls: undefined } } })
      }),
      { pure: true },
    )
    return [
      merge('both', odd, even).pipe(into(given.order.spec('order'))),
      readings.pipe(sized, into(given.sizes.spec('sizes'))),
      readings.pipe(into(sink.spec('all'))),
    ]
  })
  return { source, sink, given, job: one }
}

const slicesIn = async (disk: MemoryDisk): Promise<readonly (number | undefined)[]> => {
  const found: (number | undefined)[] = []
  for await (const item of readJournal(disk, 'data/journal')) if (item.kind === 'chunk') found.push(item.slice)
  return found
}

test('a job whose slices show gives the same rows under the same ids in each recovery, whatever pace it went at', async () => {
  const folder = memoryFolder()
  const before = cutShowing()
  const { time } = await running([before], folder)
  const chunks = 4
  const rows = 700
  for (let i = 0; i < chunks; i++) {
    before.source.send(...Array.from({ length: rows }, (_, n) => ({ n: i * rows + n, size: 0 })))
    await time.advance(50)
  }
  // A kill: what the journal holds is all that is left.
  const disk = folder.disk.copy()
  const told = await slicesIn(disk)
  expect(told[0]).toBe(2)
  expect(Math.max(...told.map(slice => slice!))).toBeGreaterThan(2)

  const after = cutShowing()
  after.given.order.acknowledges = after.given.sizes.acknowledges = true
  const second = await running([after], { ...folder, disk, time: virtualTime(start + 60_000) })
  await second.time.advance(100)
  for (const sink of ['order', 'sizes'] as const) {
    expect(after.given[sink].rows.size).toBe(chunks * rows)
    expect(before.given[sink].rows.size).toBeGreaterThan(0)
    for (const [id, row] of before.given[sink].rows) expect(after.given[sink].rows.get(id)).toBe(row)
  }
  // They tell indeed how the rows went through.
  const sizes = new Set([...after.given.sizes.rows.values()].map(row => (JSON.parse(row) as [number, number])[1]))
  expect([...sizes]).toEqual(expect.arrayContaining([2, Math.max(...told.map(slice => slice!))]))
  await second.jobs.stop()
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { count } from '../../src/aggregates/count.js'
import { max } from '../../src/aggregates/max.js'
import { json } from '../../src/codecs/json.js'
import type { OutputBatch } from '../../src/connector/sink.js'
import type { Job } from '../../src/job/graph.js'
import { job } from '../../src/job/job.js'
import { readJournal } from '../../src/journal/read-journal.js'
import { valueAt } from '../../src/model/columns.js'
import { aggregate } from '../../src/operators/aggregate.js'
import { eventTime } from '../../src/operators/event-time.js'
import { into } from '../../src/operators/into.js'
import { where } from '../../src/operators/where.js'
import { keptSnapshots } from '../../src/runtime/replay/replay-start.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { tumbling } from '../../src/windows/tumbling.js'
import { FakeSink } from '../runtime/fake-sink.js'
import { FakeSource } from '../runtime/fake-source.js'
import { Reading, type Rig, reading, running, start } from '../runtime/rig.js'
import { type Folder, folder } from './replay-rig.js'

interface Text {
  readonly floor?: number
  readonly size?: '5s' | '10s'
  readonly more?: boolean
}

/** The count of readings above a floor, by room; with `more`, a second window over the same rows. */
function text({ floor = 0, size = '5s', more = false }: Text): Rig & { readonly code: string } {
  const source = new FakeSource()
  const sink = new FakeSink()
  const made: Job = job('climate', ({ read }) => {
    const rows = read('readings', source.spec(json(Reading))).pipe(
      eventTime(r => r.at, { outOfOrderness: '1s' }),
      where(r => r.celsius.gt(floor)),
    )
    const windows = rows.pipe(
      aggregate('windows', { by: r => ({ room: r.room }), over: tumbling(size) }, { peak: max(r => r.celsius), n: count() }),
    )
    if (!more) return [windows.pipe(into(sink.spec('out')))]
    const all = rows.pipe(aggregate('all', { over: tumbling('5s') }, { n: count() }))
    return [windows.pipe(into(sink.spec('out'))), all.pipe(into(sink.spec('sums')))]
  })
  const name = `${floor}-${size}-${more}`
  const registry = globalThis as unknown as { millraceEditedJobs?: Record<string, Job> }
  registry.millraceEditedJobs = { ...registry.millraceEditedJobs, [name]: made }
  const map = Buffer.from('{"version":3,"sources":[],"mappings":""}').toString('base64')
  const code = `export default globalThis.millraceEditedJobs['${name}']\n//# sourceMappingURL=data:application/json;base64,${map}\n`
  return { source, sink, job: made, code }
}

interface Lived {
  /** The folder as a kill leaves it. */
  readonly data: Folder
  /** What left the job, by result id. */
  readonly told: readonly (readonly [string, string])[]
  readonly warnings: readonly string[]
}

/** The rows that were told, each once: as they left the graph and as the sink was given them, they are the same. */
const rowsOf = (told: Lived['told']) => [...new Map(told).values()].map(row => JSON.parse(row) as unknown)

/** A stretch of life that ends in a crash. */
async function crashed(
  data: Folder,
  rig: ReturnType<typeof text>,
  chunks: readonly (readonly object[])[],
  at: number,
  drop: readonly string[] = [],
): Promise<Lived> {
  const told: [string, string][] = []
  const onOutput = ({ ids, schema, columns, length }: OutputBatch) => {
    for (let i = 0; i < length; i++) told.push([ids[i]!, JSON.stringify(schema.map(({ name }) => valueAt(columns[name]!, i)))])
  }
  const bundles = new Map([['climate', rig.code]])
  const { time, jobs, log } = await running([rig], { ...data, time: virtualTime(at), bundles, drop, onOutput })
  for (const chunk of chunks) {
    rig.source.send(...chunk)
    await time.advance(50)
  }
  const copy = { ...data, disk: data.disk.copy() }
  rig.sink.release()
  await jobs.stop()
  rig.sink.ids.forEach((id, i) => void told.push([id, JSON.stringify(Object.values(rig.sink.rows[i]!))]))
  return { data: copy, told, warnings: log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message) }
}

test('the tail is taken in by the text that took it in first, however a job is edited amid its flight: one id, one value', async () => {
  const rows = fc.array(
    fc.record({ seconds: fc.integer({ min: 0, max: 30 }), celsius: fc.integer({ min: -5, max: 9 }), room: fc.constantFrom('a', 'b') }),
    {
      minLength: 2,
      maxLength: 6,
    },
  )
  const lives = fc.array(
    fc.record({ held: fc.boolean(), floor: fc.integer({ min: -5, max: 5 }), chunks: fc.array(rows, { minLength: 1, maxLength: 4 }) }),
    {
      minLength: 2,
      maxLength: 4,
    },
  )
  await fc.assert(
    fc.asyncProperty(lives, async all => {
      let data: Folder = folder()
      const values = new Map<string, string>()
      for (const [i, { held, floor, chunks }] of all.entries()) {
        const at = start + i * 60_000
        const sent = chunks.map(chunk => chunk.map(({ seconds, celsius, room }) => reading(at + seconds * 1_000, celsius, room)))
        // The last row closes all windows before it.
        sent.push([reading(at + 45_000, 9)])
        const rig = text({ floor })
        // What it holds is sent again by the next life.
        rig.sink.held = held
        const lived = await crashed(data, rig, sent, at)
        data = lived.data
        for (const [id, value] of lived.told) {
          expect(values.get(id) ?? value, id).toBe(value)
          values.set(id, value)
        }
      }
    }),
    { numRuns: 30 },
  )
})

test('texts of a job are kept as long as the journal holds what they took in, and no longer', async () => {
  const data = folder()
  const stored = () => [...data.disk.files.keys()].filter(path => path.startsWith('data/bundles/')).length
  const tuning = { snapshotEntries: 8, segmentBytes: 3_000, retentionBytes: 6_000 }
  const counts: number[] = []
  for (let life = 0; life < 12; life++) {
    const rig = text({ floor: life })
    const at = start + life * 60_000
    const { time, jobs } = await running([rig], { ...data, time: virtualTime(at), tuning, bundles: new Map([['climate', rig.code]]) })
    for (let second = 0; second < 40; second++) {
      rig.source.send(reading(at + second * 1_000, 20))
      await time.advance(100)
    }
    await jobs.stop()
    counts.push(stored())
    const named = (await keptSnapshots(data.disk, 'data')).map(({ header }) => header.bundle)
    for await (const item of readJournal(data.disk, 'data/journal')) if (item.kind === 'bundle') named.push(item.bundle)
    for (const bundle of named) expect(data.disk.files.has(`data/bundles/${bundle}.mjs`), `life ${life}`).toBe(true)
  }
  expect(counts.slice(0, 2)).toEqual([1, 2])
  expect(Math.max(...counts.slice(4))).toBeLessThan(6)
})

test('a text that is lost or altered is kept anew by the next start of the same job, so that an edit after that finds it', async () => {
  for (const damage of ['lost', 'altered'] as const) {
    let { data } = await crashed(folder(), text({}), [[reading(start + 100, 4)]], start)
    const [path, bytes] = [...data.disk.files].find(([name]) => name.startsWith('data/bundles/'))!
    if (damage === 'lost') data.disk.files.delete(path)
    else data.disk.files.set(path, bytes.with(200, bytes[200]! ^ 4))
    data = (await crashed(data, text({}), [[reading(start + 200, 5)]], start + 10_000)).data
    expect(data.disk.files.get(path), damage).toEqual(bytes)
    const { told } = await crashed(data, text({ floor: 1 }), [[reading(start + 20_000, 9)]], start + 20_000)
    expect(rowsOf(told), damage).toEqual([['a', 5, 2, start, start + 5_000, true, 0]])
  }
})

describe('after a crash, an edit', () => {
  const begun = () =>
    crashed(folder(), text({ floor: 0 }), [[reading(start + 100, 4), reading(start + 200, 6, 'b'), reading(start + 2_000, 1)]], start)

  test('of what comes before a window keeps its rows', async () => {
    const { data } = await begun()
    const { told } = await crashed(data, text({ floor: 5 }), [[reading(start + 3_000, 4), reading(start + 20_000, 9)]], start + 10_000)
    // Two rows of room a from before the edit; the third is below the new floor.
    expect(rowsOf(told)).toEqual([
      ['a', 4, 2, start, start + 5_000, true, 0],
      ['b', 6, 1, start, start + 5_000, true, 0],
    ])
  })

  test('of a window is refused with the difference, before anything is opened, and done when asked for', async () => {
    const { data } = await begun()
    const edited = text({ size: '10s' })
    await expect(crashed(data, edited, [], start + 10_000)).rejects.toMatchObject({
      code: 'MR421',
      notes: ['`windows`: window was tumbling 5s, and is tumbling 10s'],
    })
    expect(edited.source.opened).toBe(0)
    const { told, warnings } = await crashed(
      data,
      text({ size: '10s' }),
      [[reading(start + 3_000, 4), reading(start + 20_000, 9)]],
      start + 10_000,
      ['windows'],
    )
    expect(rowsOf(told)).toEqual([['a', 4, 1, start, start + 10_000, true, 0]])
    expect(warnings).toContain('`windows`: window was tumbling 5s, and is tumbling 10s; its state is dropped as was asked')
  })

  test('that adds a window says that it begins in the middle', async () => {
    const { data } = await begun()
    const { told, warnings } = await crashed(
      data,
      text({ more: true }),
      [[reading(start + 3_000, 4), reading(start + 20_000, 9)]],
      start + 10_000,
    )
    expect(warnings).toContain('`all` (aggregate) is new and begins in the middle: its first results hold only what comes from now on')
    expect([...new Map(told).keys()].map(id => id.split('/')[1])).toEqual(['windows', 'windows', 'all'])
  })
})

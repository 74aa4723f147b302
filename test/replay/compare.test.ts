import { describe, expect, test } from 'vitest'
import { count } from '../../src/aggregates/count.js'
import { max } from '../../src/aggregates/max.js'
import { json } from '../../src/codecs/json.js'
import type { Job } from '../../src/job/graph.js'
import { job } from '../../src/job/job.js'
import { aggregate } from '../../src/operators/aggregate.js'
import { eventTime } from '../../src/operators/event-time.js'
import { into } from '../../src/operators/into.js'
import { where } from '../../src/operators/where.js'
import { view } from '../../src/views/view-sink.js'
import { tumbling } from '../../src/windows/tumbling.js'
import { FakeSink } from '../runtime/fake-sink.js'
import { FakeSource } from '../runtime/fake-source.js'
import { Reading, type Rig, reading, start } from '../runtime/rig.js'
import { compared, folder, lived, replayed } from './replay-rig.js'

/** The peaks of each room above a floor: what an edit of the job may change without touching its state. */
function floored(floor: number, id = 'climate'): Rig {
  const source = new FakeSource()
  const sink = new FakeSink()
  const made: Job = job(id, ({ read }) => {
    const windows = read('readings', source.spec(json(Reading))).pipe(
      eventTime(r => r.at, { outOfOrderness: '1s' }),
      where(r => r.celsius.gt(floor)),
      aggregate('windows', { by: r => ({ room: r.room }), over: tumbling('5s') }, { peak: max(r => r.celsius), n: count() }),
    )
    return [windows.pipe(into(sink.spec('out'))), windows.pipe(into(view('peaks')))]
  })
  return { source, sink, job: made }
}

const messages = [
  reading(start + 100, 1),
  reading(start + 200, 9),
  reading(start + 300, 3, 'b'),
  reading(start + 400, 8, 'c'),
  reading(start + 500, 9, 'c'),
  reading(start + 20_000, 9),
]

/** Input of one stop-to-stop life. */
const life = async (data: ReturnType<typeof folder>, rig: Rig, send: readonly object[], at: number) =>
  lived(
    data,
    rig,
    async time => {
      rig.source.send(...send)
      await time.advance(500)
    },
    { at },
  )

describe('comparing', () => {
  test('a job with itself: the same, nothing else', async () => {
    const data = folder()
    await life(data, floored(0), messages, start)
    expect(await compared(data, floored(0).job)).toMatchObject({ same: 6, changed: 0, onlyBefore: 0, onlyNow: 0, differences: [] })
  })

  test('an unkept text of the job is named', async () => {
    const data = folder()
    await life(data, floored(0), messages, start)
    // These jobs came without their text: only the plan is known of the one that ran.
    await expect(compared(data, floored(5).job)).rejects.toMatchObject({ code: 'MR461' })
  })
})

/** A job as a text that `import` can load: its module hands out jobs of this file. */
const registry = globalThis as unknown as { millraceReplayJobs?: Record<string, Job> }
const textOf = (floor: number): string => {
  registry.millraceReplayJobs = { ...registry.millraceReplayJobs, [floor]: floored(floor).job }
  const map = Buffer.from('{"version":3,"sources":[],"mappings":""}').toString('base64')
  return `export default globalThis.millraceReplayJobs[${floor}]\n//# sourceMappingURL=data:application/json;base64,${map}\n`
}
const withText = (data: ReturnType<typeof folder>, rig: Rig, floor: number, send: readonly object[], at: number) =>
  lived(
    data,
    rig,
    async time => {
      rig.source.send(...send)
      await time.advance(500)
    },
    { at, bundles: new Map([['climate', textOf(floor)]]) },
  )

/** A life so long that retention takes the beginning of the journal, and with it the note that names the text. */
const long = (data: ReturnType<typeof folder>, floor: number, from: number, to: number) => {
  const rig = floored(floor)
  return lived(
    data,
    rig,
    async time => {
      for (let second = from; second < to; second++) {
        rig.source.send(reading(start + second * 1_000, 5), reading(start + second * 1_000 + 10, 9, 'b'))
        await time.advance(1_000)
      }
    },
    {
      at: start + from * 1_000,
      bundles: new Map([['climate', textOf(floor)]]),
      tuning: { snapshotEntries: 24, segmentBytes: 5_000, retentionBytes: 60_000 },
    },
  )
}

describe('an edited job', () => {
  test('shows what changes, goes and comes, by id', async () => {
    const data = folder()
    await withText(data, floored(2), 2, messages, start)
    const edited = await compared(data, floored(8).job, { code: textOf(8) })
    expect(edited).toMatchObject({ same: 2, changed: 2, onlyBefore: 2, onlyNow: 0 })
    expect(edited.differences.map(({ kind, result, before, now }) => [kind, result, before?.['room'], before?.['n'], now?.['n']])).toEqual([
      ['changed', 'out', 'c', 2, 1],
      ['changed', 'peaks', 'c', 2, 1],
      ['only-before', 'out', 'b', 1, undefined],
      ['only-before', 'peaks', 'b', 1, undefined],
    ])
    expect(edited.differences[0]!.id).toMatch(/^climate\/windows\/\["c"\]\/1000000\/1005000\/0$/)
    const lowered = await compared(data, floored(0).job, { code: textOf(0) })
    expect(lowered).toMatchObject({ same: 4, changed: 2, onlyBefore: 0, onlyNow: 0 })
    expect(await compared(data, floored(0).job, { code: textOf(0) }, 1)).toMatchObject({ changed: 2, differences: [{ kind: 'changed' }] })
  })

  test('the former side changes its text where the job did, with its state', async () => {
    const data = folder()
    const first = await withText(data, floored(2), 2, messages, start)
    const second = await withText(data, floored(8), 8, [reading(start + 21_000, 5), reading(start + 40_000, 9)], start + 21_000)
    // What really came: the first life by the one text, the second by the other.
    expect(second).toContain('"n":1')
    const now = await compared(data, floored(8).job, { code: textOf(8) })
    expect(now).toMatchObject({ same: 4, changed: 2, onlyBefore: 2, onlyNow: 0 })
    const before = await compared(data, floored(2).job, { code: textOf(2) })
    // The window that was open at the edit had lost a row to the new condition.
    expect(before).toMatchObject({ same: 6, changed: 2, onlyBefore: 0, onlyNow: 0 })
    expect(before.differences[0]).toMatchObject({ before: { n: 1 }, now: { n: 2 } })
    expect((await replayed(data, floored(2).job)).text.startsWith(first)).toBe(true)
  })

  test('also where the journal no longer holds the note that names the former text', async () => {
    const data = folder()
    await long(data, 2, 0, 60)
    const whole = await compared(data, floored(8).job, { code: textOf(8) })
    expect(whole.summary.first).toBeGreaterThan(1)
    expect(whole.onlyBefore).toBeGreaterThan(0)
    expect(whole).toMatchObject({ changed: 0, onlyNow: 0 })
    // Edited meanwhile: the oldest entries that are kept are those of the former text.
    await long(data, 8, 60, 72)
    const { summary } = await compared(data, floored(8).job, { code: textOf(8) })
    expect(summary.first).toBeGreaterThan(whole.summary.first)
    expect(summary.began).toBeLessThan(start + 60_000)
    const before = await compared(data, floored(8).job, { code: textOf(8), to: { time: start + 59_000 } })
    expect(before.onlyBefore).toBeGreaterThan(0)
  })
})

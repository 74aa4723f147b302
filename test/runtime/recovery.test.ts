import { expect, test } from 'vitest'
import { count } from '../../src/aggregates/count.js'
import { json } from '../../src/codecs/json.js'
import type { Position } from '../../src/connector/sink.js'
import type { SourceSpec } from '../../src/connector/source.js'
import { job } from '../../src/job/job.js'
import { memoryDisk } from '../../src/journal/memory-disk-fixture.js'
import type { Chunk } from '../../src/model/chunk.js'
import { number, schema } from '../../src/model/fields.js'
import { aggregate } from '../../src/operators/aggregate.js'
import { into } from '../../src/operators/into.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { view } from '../../src/views/view-sink.js'
import { tumbling } from '../../src/windows/tumbling.js'
import { memoryFolder } from '../support/memory-folder.js'
import { FakeSink } from './fake-sink.js'
import { FakeSource } from './fake-source.js'
import { type Rig, reading, rig, running, start } from './rig.js'

const S = schema({ n: number() })

/** Rows of a source go to the sinks named. */
function plain(...sinks: readonly string[]): Rig & { readonly sinks: ReadonlyMap<string, FakeSink> } {
  const source = new FakeSource()
  const fakes = new Map(sinks.map(id => [id, new FakeSink()]))
  const one = job('plain', ({ read }) => {
    const rows = read('in', source.spec(json(S)))
    return [...fakes].map(([id, sink]) => rows.pipe(into(sink.spec(id))))
  })
  return { source, sink: fakes.get(sinks[0]!)!, sinks: fakes, job: one }
}

test('rows that wait for a sink that is gone are given up by name only', async () => {
  const data = memoryFolder()
  const before = plain('kept', 'gone')
  const first = await running([before], data)
  for (const sink of before.sinks.values()) sink.held = true
  before.source.send({ n: 1 }, { n: 2 })
  await first.time.advance(100)
  const stopped = first.jobs.stop(10)
  await first.time.advance(100)
  await stopped

  await expect(running([plain('kept')], data)).rejects.toMatchObject({
    code: 'MR421',
    notes: ['the sink `gone` is gone, and 2 rows wait for it'],
  })
  const after = plain('kept')
  const second = await running([after], { ...data, drop: ['gone'] })
  await second.time.advance(100)
  expect(after.sink.rows).toEqual([{ n: 1 }, { n: 2 }])
  expect(second.log.lines.map(({ message }) => message).join()).toContain('2 rows wait for it; they are dropped as was asked')
  await second.jobs.stop()
})

test('what the peer of a transactional sink says it holds is not sent again', async () => {
  const data = memoryFolder()
  const before = plain('out')
  const first = await running([before], data)
  before.sink.held = true
  before.source.send({ n: 1 })
  await first.time.advance(10)
  before.source.send({ n: 2 })
  await first.time.advance(10)
  const left = data.disk.copy()
  before.sink.release()
  await first.time.advance(10)
  const [position] = before.sink.positions
  await first.jobs.stop()

  const source = new FakeSource()
  const sink = new FakeSink()
  const spec = sink.spec('out')
  const holding = (held: Position) => ({
    ...spec,
    open: async (context: Parameters<typeof spec.open>[0]) => ({
      ...(await spec.open(context)),
      guarantee: 'transactional' as const,
      open: async () => held,
    }),
  })
  const after = job('plain', ({ read }) => [read('in', source.spec(json(S))).pipe(into(holding(position!)))])
  const second = await running([{ source, sink, job: after }], memoryFolder(left))
  await second.time.advance(100)
  expect(sink.rows).toEqual([{ n: 2 }])
  await second.jobs.stop()
})

test('a data folder that is older than what its sink holds is not gone on with: new rows would count as written', async () => {
  const data = memoryFolder()
  const before = plain('out')
  const first = await running([before], data)
  before.source.send({ n: 1 })
  await first.time.advance(10)
  await first.jobs.stop()

  const source = new FakeSource()
  const sink = new FakeSink()
  const spec = sink.spec('out')
  const ahead = {
    ...spec,
    open: async (context: Parameters<typeof spec.open>[0]) => ({
      ...(await spec.open(context)),
      guarantee: 'transactional' as const,
      open: async () => ({ entry: 9, ordinal: 0 }),
    }),
  }
  const restored = job('plain', ({ read }) => [read('in', source.spec(json(S))).pipe(into(ahead))])
  const { time, jobs, host } = await running([{ source, sink, job: restored }], data)
  source.send({ n: 2 })
  await time.advance(1_000)
  expect(host.jobs()[0]!).toMatchObject({
    state: 'failed',
    error: { code: 'MR446', message: expect.stringContaining("'out' holds results of entry 9") as string },
  })
  expect([sink.rows, source.settled]).toEqual([[], []])
  await jobs.stop()
  // However often it is tried: each attempt takes entries in.
  for (let attempt = 0; attempt < 8; attempt++) {
    const again = await running([{ source, sink, job: restored }], data)
    await again.time.advance(1_000)
    expect(again.host.jobs()[0]!).toMatchObject({ state: 'failed', error: { code: 'MR446' } })
    await again.jobs.stop()
  }
  expect(sink.rows).toEqual([])
})

test('nor is one whose sink was away at first: entries that came meanwhile do not hide it', async () => {
  const data = memoryFolder()
  const sink = new FakeSink()
  let isAway = true
  const life = async () => {
    const source = new FakeSource()
    const spec = sink.spec('out')
    const ahead = {
      ...spec,
      open: async (context: Parameters<typeof spec.open>[0]) => ({
        ...(await spec.open(context)),
        guarantee: 'transactional' as const,
        open: () => (isAway ? Promise.reject(new Error('no route')) : Promise.resolve({ entry: 4, ordinal: 0 })),
      }),
    }
    const one = job('plain', ({ read }) => [read('in', source.spec(json(S))).pipe(into(ahead))])
    const { time, jobs, host } = await running([{ source, sink, job: one }], data)
    for (let n = 0; n < 8; n++) {
      source.send({ n })
      await time.advance(1_000)
    }
    const status = host.jobs()[0]!
    const stopped = jobs.stop(100)
    await time.advance(1_000)
    await stopped
    return status
  }
  expect(await life()).toMatchObject({ state: 'running' })
  isAway = false
  expect(await life()).toMatchObject({
    state: 'failed',
    error: { code: 'MR446', message: expect.stringContaining('ended with entry 0') as string },
  })
  expect(sink.rows).toEqual([])
})

test('outputs whose acknowledgement is noted are not sent again, though the snapshot is older', async () => {
  const data = memoryFolder()
  const before = plain('out')
  const first = await running([before], { ...data, tuning: { snapshotEntries: 2 } })
  before.sink.held = true
  before.source.send({ n: 1 })
  await first.time.advance(10)
  before.sink.release()
  await first.time.advance(10)
  before.sink.held = true
  before.source.send({ n: 2 })
  await first.time.advance(10)
  const after = plain('out')
  const second = await running([after], memoryFolder(data.disk.copy()))
  await second.time.advance(100)
  expect(after.sink.rows).toEqual([{ n: 2 }])
  await second.jobs.stop()
})

test('a row that had not reached its view at the snapshot does not replace a newer one', async () => {
  const data = memoryFolder()
  const counting = (): Rig => {
    const source = new FakeSource()
    const sink = new FakeSink()
    const one = job('counting', ({ read }) => {
      const windows = read('in', source.spec(json(S))).pipe(aggregate('windows', { over: tumbling('1h'), early: '1s' }, { rows: count() }))
      return [windows.pipe(into(view('shown')))]
    })
    return { source, sink, job: one }
  }
  const before = counting()
  // The first word of the run, a reading, and the tick that shows it early.
  const first = await running([before], { ...data, tuning: { snapshotEntries: 3 } })
  const shown = (host: typeof first.host): unknown =>
    host
      .views()[0]!
      .latest(5)
      .map(row => row[0])
  before.source.send({ n: 1 })
  await first.time.advance(1_500)
  expect(shown(first.host)).toEqual([1])
  expect([...data.disk.files.keys()].filter(path => path.endsWith('.snapshot'))).toHaveLength(1)
  before.source.send({ n: 2 })
  await first.time.advance(1_500)
  expect(shown(first.host)).toEqual([2])

  const second = await running([counting()], { ...memoryFolder(data.disk.copy()), time: virtualTime(start + 3_000) })
  await second.time.settle()
  expect(shown(second.host)).toEqual([2])
  await second.jobs.stop()
})

test('a journal that ends before the snapshot is refused', async () => {
  const data = memoryFolder()
  const before = rig()
  const first = await running([before], data)
  before.source.send(reading(start, 1))
  await first.time.advance(100)
  await first.jobs.stop()
  for (const path of data.disk.files.keys()) if (path.includes('/journal/')) data.disk.files.delete(path)
  await expect(running([rig()], data)).rejects.toMatchObject({ code: 'MR450' })
})

test('where no snapshot is whole, a journal that no longer reaches back to its beginning is refused', async () => {
  const data = memoryFolder()
  const tuning = { snapshotEntries: 5, segmentBytes: 2_000, retentionBytes: 1 }
  const before = plain('out')
  const first = await running([before], { ...data, tuning })
  for (let n = 0; n < 30; n++) {
    before.source.send({ n })
    await first.time.advance(10)
  }
  await first.jobs.stop()
  for (const [path, bytes] of data.disk.files) if (path.endsWith('.snapshot')) bytes[20]! ^= 1
  await expect(running([plain('out')], data)).rejects.toMatchObject({
    code: 'MR450',
    message: expect.stringMatching(/begins with entry \d+, and no snapshot is whole/) as string,
  })
})

test('a source that is a log is read again by reference, and missed when it has forgotten', async () => {
  const data = memoryFolder()
  const kept = new Map<string, Chunk>()
  const logged = (): Rig => {
    const source = new FakeSource()
    const sink = new FakeSink()
    const spec = source.spec(json(S))
    const logSpec: SourceSpec<{ n: number }> = {
      ...spec,
      open: async context => {
        const reader = await spec.open(context)
        const next = async () => {
          const chunk = await reader.next()
          const reference = `from ${kept.size}`
          if (chunk) kept.set(reference, chunk)
          return chunk && { ...chunk, reference }
        }
        return { ...reader, next }
      },
      openLog: async () => ({
        read: async (_partition, reference) => {
          const chunk = kept.get(reference)
          if (!chunk) throw new Error('it was deleted')
          return chunk
        },
        close: async () => {},
      }),
    }
    const one = job('logged', ({ read }) => [read('in', logSpec).pipe(into(sink.spec('out')))])
    return { source, sink, job: one }
  }
  const before = logged()
  const first = await running([before], data)
  before.sink.held = true
  before.source.send({ n: 1 }, { n: 2 })
  await first.time.advance(100)
  const left = data.disk.copy()

  const after = logged()
  const second = await running([after], memoryFolder(left.copy()))
  await second.time.advance(100)
  expect(after.sink.rows).toEqual([{ n: 1 }, { n: 2 }])
  await second.jobs.stop()

  kept.clear()
  await expect(running([logged()], memoryFolder(left))).rejects.toMatchObject({
    code: 'MR453',
    message: expect.stringContaining('it was deleted'),
  })
})

test('every metric of a job that keeps its state is there under its name', async () => {
  const one = rig()
  const { time, jobs, host } = await running([one], memoryFolder())
  one.source.send(reading(start, 1), reading(start + 6_500, 2))
  await time.advance(100)
  const text = await host.metrics()
  const names = [...text.matchAll(/^# TYPE millrace_(\w+) (\w+)$/gm)].map(([, name, kind]) => `${name} ${kind}`)
  expect(names).toEqual([
    'messages_total counter',
    'ids_reused_total counter',
    'results_total counter',
    'behind_seconds gauge',
    'job_up gauge',
    'node_rows_total counter',
    'outbox_bytes gauge',
    'source_connected gauge',
    'source_losses_total counter',
    'sink_pending_rows gauge',
    'dead_letters_failing gauge',
    'restarts_total counter',
    'journal_bytes gauge',
    'journal_unsynced_entries gauge',
    'journal_failing gauge',
    'snapshot_behind_entries gauge',
    'snapshot_pause_seconds gauge',
    'recovery_seconds gauge',
  ])
  expect(text).toContain('millrace_job_up{job="climate",state="running"} 1')
  expect(text).toContain('millrace_snapshot_behind_entries{job="climate"} 2')
  expect(text).toContain('millrace_source_connected{job="climate",source="readings"} 1')
  await jobs.stop()
})

test('the status tells size, tail and last recovery of the journal; none without a data folder', async () => {
  const state = memoryFolder()
  const one = rig()
  const first = await running([one], state)
  one.source.send(reading(start, 1), reading(start + 6_500, 2))
  await first.time.advance(100)
  const told = first.host.jobs()[0]!.journal!
  expect(told).toEqual({ bytes: expect.any(Number), unsynced: 0, behindSnapshot: 2, lastRecoveryMs: null })
  expect(told.bytes).toBeGreaterThan(100)
  await first.jobs.stop()

  const again = await running([rig()], state)
  const { lastRecoveryMs, behindSnapshot } = again.host.jobs()[0]!.journal!
  expect(lastRecoveryMs).toBeGreaterThanOrEqual(0)
  // Its own first word alone.
  expect(behindSnapshot).toBeLessThanOrEqual(1)
  await again.jobs.stop()

  const kept = await running([rig()])
  expect(kept.host.jobs()[0]).not.toHaveProperty('journal')
  await kept.jobs.stop()
})

test('a journal whose end is gone is not gone on with where dead letters tell of it: those that follow would be lost', async () => {
  const disk = memoryDisk()
  const one = plain('out')
  const first = await running([one], memoryFolder(disk))
  one.source.send({ n: 1 }, 'bad')
  await first.time.advance(10)
  one.source.send('bad again')
  await first.time.advance(10)
  const left = disk.copy()
  await first.jobs.stop()
  expect(one.source.settled).toHaveLength(2)

  const [segment, bytes] = [...left.files].find(([path]) => path.endsWith('.seg'))!
  left.files.set(segment, bytes.slice(0, Buffer.from(bytes).lastIndexOf('bad again')))
  await expect(running([plain('out')], memoryFolder(left))).rejects.toMatchObject({
    code: 'MR442',
    message: expect.stringMatching(/ends with entry 2, and there is a dead letter of entry 3/) as string,
  })
})

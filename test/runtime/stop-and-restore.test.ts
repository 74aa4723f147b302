import { expect, test } from 'vitest'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { startJobs } from '../../src/runtime/start-jobs.js'
import { memoryFolder } from '../support/memory-folder.js'
import { recordingLog } from '../support/recording-log.js'
import { reading, rig, running, start } from './rig.js'

/** A first start, stopped in order, leaves a window open with a peak of 4. */
async function leaveOpen(data: ReturnType<typeof memoryFolder>): Promise<void> {
  const { source, sink, job } = rig()
  const { time, jobs } = await running([{ source, sink, job }], data)
  source.send(reading(start, 4))
  await time.advance(100)
  await jobs.stop()
}

/** What a later start gives when time goes past the window. */
async function closeLater(data: ReturnType<typeof memoryFolder>): Promise<readonly Record<string, unknown>[]> {
  const after = rig()
  const { time, jobs } = await running([after], { ...data, time: virtualTime(start + 2000) })
  after.source.send(reading(start + 20_000, 1))
  await time.advance(100)
  await jobs.stop()
  return after.sink.rows
}

const ids = { from: 'body', path: ['id'] } as const

test('a stop and a start in between change nothing: open windows, ids, counts, views', async () => {
  const data = memoryFolder()
  const before = rig('climate', ids)
  const first = await running([before], { ...data })
  before.source.send(reading(start, 1, 'a', 'x'), reading(start + 6000, 5, 'a', 'y'), reading(start + 6000, 7, 'b', 'z'))
  await first.time.advance(100)
  before.source.send(reading(start + 6500, 9, 'c', 'open'))
  await first.time.advance(100)
  await first.jobs.stop()
  expect(before.sink.rows).toHaveLength(1)
  expect(before.source.unsettled.size).toBe(0)

  const after = rig('climate', ids)
  const second = await running([after], { ...data, time: virtualTime(start + 1000) })
  expect(second.host.views()[0]!.latest(10)).toHaveLength(1)
  after.source.send(reading(start + 6000, 5, 'a', 'y'), reading(start + 7000, 6, 'a', 'w'), reading(start + 20_000, 0, 'a', 'v'))
  await second.time.advance(100)
  expect(second.counts()).toMatchObject({ received: 7, counted: 6, duplicate: 1, late: 0 })
  expect(after.sink.rows.map(({ room, peak, n }) => [room, peak, n])).toEqual([
    ['a', 6, 2],
    ['b', 7, 1],
    ['c', 9, 1],
  ])
  await second.jobs.stop()
})

test('outputs that the sink had not taken at the stop are sent at the next start, under the same ids', async () => {
  const data = memoryFolder()
  const before = rig()
  const first = await running([before], { ...data })
  before.sink.held = true
  before.source.send(reading(start, 1), reading(start + 6500, 2))
  await first.time.advance(100)
  const stopped = first.jobs.stop(2000)
  await first.time.advance(2000)
  await stopped
  expect(before.sink.rows).toHaveLength(0)
  // Their input is in the snapshot, so it must not come again.
  expect(before.source.unsettled.size).toBe(0)
  expect(first.log.lines.map(line => line.fields['code'])).toContain('MR414')

  const after = rig()
  const second = await running([after], { ...data, time: virtualTime(start + 1000) })
  await second.time.advance(10)
  expect(after.sink.rows.map(({ peak }) => peak)).toEqual([1])
  expect(after.sink.ids[0]).toContain('climate')
  await second.jobs.stop()
})

test('a damaged snapshot is named, put aside, and the state is made again from the journal', async () => {
  const data = memoryFolder()
  const before = rig()
  const first = await running([before], { ...data })
  before.source.send(reading(start, 1))
  await first.time.advance(100)
  await first.jobs.stop()
  const path = [...data.disk.files.keys()].find(name => name.endsWith('.snapshot'))!
  const file = data.disk.files.get(path)!
  file[file.length >> 1]! ^= 0x40

  const after = rig()
  const second = await running([after], { ...data })
  expect(second.log.lines.find(({ fields }) => fields['code'] === 'MR420')?.message).toContain('is kept as *.corrupt')
  expect([...data.disk.files.keys()]).toContain(`${path}.corrupt`)
  after.source.send(reading(start, 3), reading(start + 10_000, 1))
  await second.time.advance(100)
  expect(after.sink.rows).toMatchObject([{ peak: 3, n: 2 }])
  await second.jobs.stop()
})

test('a snapshot of another plan is refused, names the node, and is left as it is', async () => {
  const data = memoryFolder()
  const before = rig()
  const first = await running([before], { ...data })
  before.source.send(reading(start, 1))
  await first.time.advance(100)
  await first.jobs.stop()
  const snapshots = () => [...data.disk.files].filter(([path]) => path.includes('/snapshots/'))
  const saved = snapshots()

  const other = rig('climate', undefined, '10s')
  await expect(running([other], { ...data })).rejects.toMatchObject({
    code: 'MR421',
    notes: [expect.stringContaining('`windows`')],
  })
  expect(other.source.opened).toBe(0)
  expect(snapshots()).toEqual(saved)
})

test('dead letters are in the file once, with their bytes, however often the job starts', async () => {
  const data = memoryFolder()
  const { source, sink, job } = rig()
  const { time, jobs } = await running([{ source, sink, job }], { ...data })
  source.send('not json')
  while (source.settled.length === 0) await time.advance(1)
  expect(source.settled).toEqual([1])
  await jobs.stop()
  // The snapshot lost, the journal is read from its beginning.
  for (const path of data.disk.files.keys()) if (path.includes('/snapshots/')) data.disk.files.delete(path)
  await (await running([rig()], data)).jobs.stop()
  const lines = new TextDecoder().decode(data.disk.files.get('data/dead-letters.ndjson')).trim().split('\n')
  expect(lines).toHaveLength(1)
  const letter = JSON.parse(lines[0]!) as { bytes: string; source: string; code: string; id: string }
  expect(Buffer.from(letter.bytes, 'base64').toString()).toBe('not json')
  expect(letter.source).toBe('readings')
})

test('a stop that comes at once ends the job, and nothing of it is lost', async () => {
  const data = memoryFolder()
  await leaveOpen(data)

  const hasty = await startJobs({ jobs: [rig().job], log: recordingLog(), env: {}, ...data, time: virtualTime(start + 1000) })
  await hasty.stop()

  const rows = await closeLater(data)
  expect(rows).toMatchObject([{ peak: 4, n: 1 }])
})

test('a start that fails for good before a message was taken in, such as for a wrong password, keeps the snapshot', async () => {
  const data = memoryFolder()
  await leaveOpen(data)

  const refused = rig()
  refused.source.failNext = new MillraceError('MR305', 'refused')
  const second = await running([refused], { ...data, time: virtualTime(start + 1000) })
  expect(await second.jobs.done).toMatchObject([{ error: { code: 'MR305' } }])

  const rows = await closeLater(data)
  expect(rows).toMatchObject([{ peak: 4, n: 1 }])
})

test('a run that fails for good later keeps its open windows: what it accepted does not come again', async () => {
  const data = memoryFolder()
  await leaveOpen(data)

  const refused = rig()
  const second = await running([refused], { ...data, time: virtualTime(start + 1000) })
  refused.source.send(reading(start + 1, 5))
  await second.time.advance(100)
  refused.source.failNext = new MillraceError('MR305', 'refused')
  refused.source.send(reading(start + 2, 5))
  await second.time.advance(100)
  expect(await second.jobs.done).toMatchObject([{ error: { code: 'MR305' } }])

  const rows = await closeLater(data)
  // The readings before the failure, settled at their source, and the one of the first run.
  expect(refused.source.unsettled.size).toBe(0)
  expect(rows).toMatchObject([{ peak: 5, n: 3 }])
})

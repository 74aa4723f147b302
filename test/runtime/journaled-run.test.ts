import { expect, test } from 'vitest'
import { json } from '../../src/codecs/json.js'
import type { OutputBatch } from '../../src/connector/sink.js'
import type { Job } from '../../src/job/graph.js'
import { job } from '../../src/job/job.js'
import { raiseEpoch } from '../../src/journal/raise-epoch.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { number, schema } from '../../src/model/fields.js'
import { into } from '../../src/operators/into.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { view } from '../../src/views/view-sink.js'
import { memoryFolder } from '../support/memory-folder.js'
import { FakeSink } from './fake-sink.js'
import { FakeSource } from './fake-source.js'
import { type Rig, reading, rig, running, start } from './rig.js'

const S = schema({ n: number() })

/** A job whose graph breaks, as often as it is told to, when a push carries a row above 100. */
function fragile(): Rig & { breaks: number } {
  const source = new FakeSource()
  const sink = new FakeSink()
  const sound = job('fragile', ({ read }) => {
    const rows = read('in', source.spec(json(S)))
    return [rows.pipe(into(sink.spec('out'))), rows.pipe(into(view('shown')))]
  })
  const startSound: Job['start'] = options => {
    const graph = sound.start(options)
    const push = graph.push.bind(graph)
    graph.push = (id, batch) => {
      const column = batch.columns['n']
      if (column?.type === 'number' && column.values.subarray(0, batch.length).some(value => value > 100) && one.breaks-- > 0)
        throw new TypeError('x is undefined')
      push(id, batch)
    }
    return graph
  }
  const one = { source, sink, job: { ...sound, start: startSound }, breaks: 0 }
  return one
}

test('a bounded source that ends while the outbox is full still closes its windows', async () => {
  const one = rig()
  const { time, jobs } = await running([one], { outboxBytes: 1 })
  one.sink.held = true
  one.source.send(reading(start, 1), reading(start + 6_500, 2))
  await time.advance(10)
  one.source.send(reading(start + 6_600, 3))
  one.source.end()
  await time.advance(1_000)
  one.sink.release()
  await time.advance(1_000)
  expect(await jobs.done).toMatchObject([{ error: undefined }])
  expect(one.sink.rows.map(({ peak }) => peak)).toEqual([1, 3])
})

test('a source whose opening fails when the job has been stopped is not opened again', async () => {
  const one = rig()
  const doors: ((error: Error) => void)[] = []
  const spec = one.source.spec(json(S))
  let opened = 0
  const slow = job('slow', ({ read }) => [
    read('in', {
      ...spec,
      open: async () => {
        opened++
        return new Promise<never>((_, reject) => doors.push(reject))
      },
    }).pipe(into(one.sink.spec('out'))),
  ])
  const { time, jobs } = await running([{ ...one, job: slow }])
  await jobs.stop()
  doors[0]!(new Error('refused'))
  await time.advance(600_000)
  expect(opened).toBe(1)
})

test('what became durable is sent before more input goes through, however much of it waits', async () => {
  const source = new FakeSource()
  const sink = new FakeSink()
  const plain = job('plain', ({ read }) => [read('in', source.spec(json(S))).pipe(into(sink.spec('out')))])
  const points: string[] = []
  const { time, jobs } = await running([{ source, sink, job: plain }], { ...memoryFolder(), reached: point => void points.push(point) })
  for (let n = 0; n < 40; n++) source.send({ n })
  await time.advance(100)
  expect(sink.rows.map(({ n }) => n)).toEqual([...Array(40).keys()])
  // The first outputs find their sink at rest.
  const sent = points.indexOf('before-send')
  expect(points.slice(points.lastIndexOf('confirmed', sent), sent)).not.toContain('appended')
  await jobs.stop()
})

test('a run that breaks goes on from the disk; nothing is settled, shown or sent twice', async () => {
  const data = memoryFolder()
  const one = fragile()
  one.breaks = 1
  const { time, jobs, host } = await running([one], data)
  one.source.send({ n: 1 })
  await time.advance(10)
  one.source.send({ n: 101 })
  await time.advance(10)
  expect(host.jobs()[0]!).toMatchObject({ state: 'starting' })
  expect(await host.metrics()).toContain('millrace_journal_bytes{job="fragile"}')
  await time.advance(10_000)
  one.source.send({ n: 2 })
  await time.advance(10)
  expect(host.jobs()[0]!).toMatchObject({ state: 'running' })
  // The reading that broke the run was in the journal, and came again: this source gives no ids.
  expect(one.sink.rows).toEqual([{ n: 1 }, { n: 101 }, { n: 101 }, { n: 2 }])
  expect(new Set(one.sink.ids).size).toBe(4)
  expect(
    host
      .views()
      .find(({ id }) => id === 'shown')!
      .latest(10),
  ).toHaveLength(4)
  expect(one.source.unsettled.size).toBe(0)
  expect([...new Set(one.source.settled)]).toEqual(one.source.settled)
  await jobs.stop()
})

test('a sync that fails closes the journal, and the job goes on from what is on the disk', async () => {
  const data = memoryFolder()
  const one = rig()
  const { time, jobs, host, log } = await running([one], data)
  let broken = true
  data.disk.onSync = path => {
    if (broken && path.includes('/journal/')) throw new Error('EIO')
  }
  one.source.send(reading(start, 1))
  await time.advance(10)
  expect(one.source.settled).toEqual([])
  expect(host.jobs()[0]!.attention.join()).toContain('was not synced')
  expect(host.readiness().ready).toBe(false)
  broken = false
  await time.advance(60_000)
  expect(log.lines.map(({ fields }) => fields['code'])).toContain('MR444')
  expect(host.jobs()[0]!.state).toBe('running')
  expect(one.source.unsettled.size).toBe(0)
  await jobs.stop()
})

test('a journal that fails while the job stops does not make it wait', async () => {
  const data = memoryFolder()
  const one = rig()
  const { time, jobs, log } = await running([one], data)
  one.source.send(reading(start, 1), reading(start + 6_500, 2))
  await time.advance(100)
  data.disk.onSync = path => {
    if (path.includes('/journal/')) throw new Error('EIO')
  }
  let stopped = false
  // The open windows fire, which is an entry.
  const stop = jobs.drain({ firePartial: true, deadlineMs: 30_000 }).then(() => {
    stopped = true
  })
  await time.advance(100)
  expect(stopped).toBe(true)
  await stop
  expect(one.sink.rows).toHaveLength(1)
  expect(log.lines.map(({ message }) => message).join()).toContain('made again from the journal')
})

test('who was replaced while it paused does not take the folder back', async () => {
  const data = memoryFolder()
  const one = fragile()
  one.breaks = 1
  const { time, jobs } = await running([one], data)
  one.source.send({ n: 101 })
  await time.advance(10)
  const { epoch } = await raiseEpoch(data.disk, 'data', () => {})
  await time.advance(60_000)
  expect(await jobs.done).toMatchObject([{ error: { code: 'MR440' } }])
  const next = await raiseEpoch(data.disk, 'data', () => {})
  expect(next.epoch).toBe(epoch + 1)
})

test('a callback that throws ends the run, not the journal', async () => {
  const data = memoryFolder()
  const one = rig()
  let throws = true
  const onOutput = (output: OutputBatch): void => {
    if (throws && output.sink === 'out') throw new MillraceError('MR442', 'nobody reads')
  }
  const { time, jobs, log } = await running([one], { ...data, onOutput })
  one.source.send(reading(start, 1), reading(start + 6_500, 2))
  await time.advance(100)
  throws = false
  expect(await jobs.done).toMatchObject([{ error: { code: 'MR442' } }])
  expect(log.lines.map(({ fields }) => fields['code'])).not.toContain('MR444')
  const after = rig()
  const second = await running([after], data)
  await second.time.advance(100)
  expect(after.sink.rows).toHaveLength(1)
  await second.jobs.stop()
})

test('a recovery that breaks leaves no letter under way', async () => {
  const data = memoryFolder()
  const one = fragile()
  const first = await running([one], data)
  one.source.send('not json')
  one.source.send({ n: 101 })
  await first.time.advance(100)
  const left = data.disk.copy()
  left.files.delete('data/dead-letters.ndjson')
  await first.jobs.stop()

  const again = fragile()
  again.breaks = 1
  const time = virtualTime(start)
  left.onWrite = (path, bytes) => (path.includes('dead-letters') ? 0 : bytes)
  await expect(running([again], { ...memoryFolder(left), time })).rejects.toMatchObject({ code: 'MR410' })
  left.onWrite = (_path, bytes) => bytes
  const third = await running([again], memoryFolder(left))
  again.source.send('not json either')
  await third.time.advance(100)
  await third.jobs.stop()
  // What was tried in vain is not tried again.
  await time.advance(60_000)
  const lines = new TextDecoder().decode(left.files.get('data/dead-letters.ndjson')).trimEnd().split('\n')
  expect(lines).toHaveLength(2)
})

test('two stops, and a stop during the pause of a restart, end the job', async () => {
  const data = memoryFolder()
  const one = fragile()
  one.breaks = 1
  const { time, jobs } = await running([one], data)
  one.source.send({ n: 101 })
  await time.advance(10)
  await Promise.all([jobs.stop(), jobs.stop(5), jobs.drain({ firePartial: false })])
  expect(await jobs.done).toMatchObject([{ error: { code: 'MR410' } }])

  const after = fragile()
  const second = await running([after], data)
  await second.time.advance(10)
  expect(after.sink.rows).toEqual([{ n: 101 }])
  await Promise.all([second.jobs.stop(), second.jobs.stop()])
})

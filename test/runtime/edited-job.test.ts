import { expect, test } from 'vitest'
import { count } from '../../src/aggregates/count.js'
import { max } from '../../src/aggregates/max.js'
import { sum } from '../../src/aggregates/sum.js'
import { json } from '../../src/codecs/json.js'
import { job } from '../../src/job/job.js'
import { aggregate } from '../../src/operators/aggregate.js'
import { eventTime } from '../../src/operators/event-time.js'
import { into } from '../../src/operators/into.js'
import { where } from '../../src/operators/where.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { tumbling } from '../../src/windows/tumbling.js'
import { memoryFolder } from '../support/memory-folder.js'
import { FakeSink } from './fake-sink.js'
import { FakeSource } from './fake-source.js'
import { Reading, type Rig, reading, running, start } from './rig.js'

/** Windows of windows; an edit puts a filter before them, or changes their size. */
function chain(edit: { readonly filter?: boolean; readonly size?: '5s' | '2s' }): Rig {
  const source = new FakeSource()
  const sink = new FakeSink()
  const edited = job('climate', ({ read }) => {
    const readings = read('readings', source.spec(json(Reading))).pipe(eventTime(r => r.at, { outOfOrderness: '1s' }))
    const kept = edit.filter ? readings.pipe(where(r => r.celsius.gt(0))) : readings
    const rooms = kept.pipe(
      aggregate('rooms', { by: r => ({ room: r.room }), over: tumbling(edit.size ?? '5s') }, { peak: max(r => r.celsius), n: count() }),
    )
    const house = rooms.pipe(aggregate('house', { over: tumbling('10s') }, { peak: max(r => r.peak), n: sum(r => r.n) }))
    return [house.pipe(into(sink.spec('out')))]
  })
  return { source, sink, job: edited }
}

test('open windows of windows go on behind a filter that was not there before', async () => {
  const data = memoryFolder()
  const before = chain({})
  const first = await running([before], data)
  before.source.send(reading(start, 3, 'a'), reading(start + 6_500, 4, 'b'))
  await first.time.advance(100)
  await first.jobs.stop()

  const after = chain({ filter: true })
  const second = await running([after], { ...data, time: virtualTime(start + 1_000) })
  after.source.send(reading(start + 7_000, -5, 'b'), reading(start + 8_000, 2, 'b'), reading(start + 40_000, 1))
  await second.time.advance(100)
  expect(after.sink.rows).toMatchObject([{ peak: 4, n: 3 }])
  await second.jobs.stop()
})

test('state that does not fit is refused with the difference, given up by name, and the rest is kept', async () => {
  const data = memoryFolder()
  const before = chain({})
  const first = await running([before], data)
  // The window of `rooms` has closed, so it is in `house`; the second row is still in `rooms`.
  before.source.send(reading(start, 3, 'a'), reading(start + 6_500, 4, 'b'))
  await first.time.advance(100)
  await first.jobs.stop()
  const files = data.disk.copy()

  const refused = chain({ size: '2s' })
  await expect(running([refused], data)).rejects.toMatchObject({ code: 'MR421', notes: [expect.stringContaining('`rooms`')] })
  expect(refused.source.opened).toBe(0)

  const after = chain({ size: '2s' })
  const second = await running([after], { ...data, disk: files, drop: ['rooms'], time: virtualTime(start + 1_000) })
  expect(second.log.lines.some(({ message }) => message.includes('its state is dropped as was asked'))).toBe(true)
  after.source.send(reading(start + 8_000, 2, 'b'), reading(start + 40_000, 1))
  await second.time.advance(100)
  expect(after.sink.rows).toMatchObject([{ peak: 3, n: 2 }])
  await second.jobs.stop()
})

test('a name to drop that is none is refused, with the name that was meant; one that was dropped before may be named again', async () => {
  const data = memoryFolder()
  const first = chain({})
  const { jobs, time } = await running([first], data)
  first.source.send(reading(start, 3, 'a'))
  await time.advance(100)
  await jobs.stop()

  // Where it would have been needed, and where it would not.
  const misspelt = chain({ size: '2s' })
  await expect(running([misspelt], { ...data, disk: data.disk.copy(), drop: ['room'] })).rejects.toMatchObject({
    code: 'MR421',
    hint: 'there is no state of `room`; did you mean `--drop rooms`?',
  })
  const needless = chain({})
  await expect(running([needless], { ...data, disk: data.disk.copy(), drop: ['rooms', 'huose'] })).rejects.toMatchObject({
    code: 'MR427',
    message: 'there is no node `huose` whose state could be dropped',
    hint: 'did you mean `--drop house`?',
  })
  expect([misspelt.source.opened, needless.source.opened]).toEqual([0, 0])

  // `house` is gone for good; a start script that names it goes on working, over more than one snapshot.
  const source = new FakeSource()
  const sink = new FakeSink()
  const without = job('climate', ({ read }) => [
    read('readings', source.spec(json(Reading))).pipe(
      eventTime(r => r.at, { outOfOrderness: '1s' }),
      aggregate('rooms', { by: r => ({ room: r.room }), over: tumbling('5s') }, { peak: max(r => r.celsius), n: count() }),
      into(sink.spec('out')),
    ),
  ])
  for (let life = 1; life <= 4; life++) {
    const again = await running([{ source, sink, job: without }], {
      ...data,
      drop: ['house', 'out'],
      time: virtualTime(start + life * 1_000),
    })
    source.send(reading(start + life * 1_000, 2, 'b'))
    await again.time.advance(100)
    await again.jobs.stop()
  }
})

test('a killed job that came without its text goes on under the same plan only: another cannot take in what is left', async () => {
  const data = memoryFolder()
  const before = chain({})
  const first = await running([before], data)
  before.source.send(reading(start, 3, 'a'))
  await first.time.advance(100)
  await expect(running([chain({ filter: true })], { ...data, disk: data.disk.copy() })).rejects.toMatchObject({ code: 'MR461' })
  await first.jobs.stop()
})

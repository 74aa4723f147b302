import { expect, test } from 'vitest'
import { count } from '../../src/aggregates/count.js'
import { max } from '../../src/aggregates/max.js'
import { json } from '../../src/codecs/json.js'
import { job } from '../../src/job/job.js'
import { number, schema, text, timestamp } from '../../src/model/fields.js'
import { aggregate } from '../../src/operators/aggregate.js'
import { eventTime } from '../../src/operators/event-time.js'
import { into } from '../../src/operators/into.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { startJobs } from '../../src/runtime/start-jobs.js'
import { view } from '../../src/views/view-sink.js'
import { tumbling } from '../../src/windows/tumbling.js'
import { recordingLog } from '../support/recording-log.js'
import { FakeSink } from './fake-sink.js'
import { FakeSource } from './fake-source.js'

const Reading = schema({ room: text(), celsius: number(), at: timestamp('epoch-ms') })

test('messages become rows of windows in sinks and views, and are settled', async () => {
  const source = new FakeSource()
  const sink = new FakeSink()
  const time = virtualTime(100_000)
  const climate = job('climate', ({ read }) => {
    const windows = read('readings', source.spec(json(Reading))).pipe(
      eventTime(r => r.at, { outOfOrderness: '1s' }),
      aggregate('peaks', { by: r => ({ room: r.room }), over: tumbling('5s') }, { peak: max(r => r.celsius), n: count() }),
    )
    return [windows.pipe(into(sink.spec('out'))), windows.pipe(into(view('peaks-live')))]
  })
  const running = await startJobs({ jobs: [climate], log: recordingLog(), env: {}, time, dataDir: null })
  await time.advance(10)
  source.send({ room: 'a', celsius: 20, at: 100_000 }, { room: 'a', celsius: 22, at: 101_000 }, { room: 'b', celsius: 1, at: 104_999 })
  await time.advance(10)
  expect(sink.rows).toEqual([])
  source.send({ room: 'a', celsius: 30, at: 106_500 })
  await time.advance(10)
  expect(sink.rows.map(({ room, peak, n }) => ({ room, peak, n }))).toEqual([
    { room: 'a', peak: 22, n: 2 },
    { room: 'b', peak: 1, n: 1 },
  ])
  expect(source.settled).toEqual([1, 2])
  expect(running.host.views().map(v => [v.info().sink ?? false, v.latest(10).length])).toEqual([
    [false, 2],
    [true, 2],
  ])
  expect(running.host.jobs()[0]).toMatchObject({ state: 'running', counts: { received: 4, counted: 4, late: 0, results: 4 } })
  // Nothing comes any more: the clock closes the window.
  await time.advance(10_000)
  expect(sink.rows).toHaveLength(3)
  await running.stop()
  expect(await running.done).toEqual([{ job: 'climate', error: undefined }])
})

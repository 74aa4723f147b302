import { describe, expect, test } from 'vitest'
import { count } from '../../src/aggregates/count.js'
import { json } from '../../src/codecs/json.js'
import type { IdSpec } from '../../src/connector/source.js'
import type { Job } from '../../src/job/graph.js'
import { job } from '../../src/job/job.js'
import { integer, schema, timestamp } from '../../src/model/fields.js'
import { aggregate } from '../../src/operators/aggregate.js'
import { eventTime } from '../../src/operators/event-time.js'
import { into } from '../../src/operators/into.js'
import { mapRows } from '../../src/operators/map-rows.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { startJobs } from '../../src/runtime/start-jobs.js'
import { view } from '../../src/views/view-sink.js'
import { tumbling } from '../../src/windows/tumbling.js'
import { memoryFolder } from '../support/memory-folder.js'
import { recordingLog } from '../support/recording-log.js'
import { until } from '../support/until.js'
import { FakeSink } from './fake-sink.js'
import { FakeSource } from './fake-source.js'

const Reading = schema({ n: integer(), at: timestamp('epoch-ms') })
const start = 1_700_000_000_000
const reading = (n: number) => ({ n, at: start + n })
/** One second of data time for each thousand readings. */
const many = 4_096
const deadlineMs = 1_200

/** One start of a job whose `mapRows` takes so many ms a row. */
async function life(source: FakeSource, folder: object, rowMs: number, ids?: IdSpec) {
  const sinks = { rows: new FakeSink(), windows: new FakeSink() }
  let mapped = 0
  const slow: Job = job('slow', ({ read }) => {
    const readings = read('readings', source.spec(json(Reading), ids)).pipe(
      mapRows('map', Reading, row => {
        for (const end = performance.now() + rowMs; performance.now() < end; );
        mapped++
        return row
      }),
      eventTime(r => r.at, { outOfOrderness: '0s' }),
    )
    const windows = readings.pipe(aggregate('windows', { over: tumbling('1s') }, { n: count() }))
    return [
      readings.pipe(into(sinks.rows.spec('rows'))),
      windows.pipe(into(sinks.windows.spec('windows'))),
      windows.pipe(into(view('seen'))),
    ]
  })
  const log = recordingLog()
  const jobs = await startJobs({ jobs: [slow], log, env: {}, time: systemTime, ...folder })
  return {
    sinks,
    log,
    jobs,
    mapped: () => mapped,
    counts: () => jobs.host.jobs()[0]!.counts,
    async stop(ms = deadlineMs) {
      const began = performance.now() - (systemTime.starved?.() ?? 0)
      await jobs.stop(ms)
      return performance.now() - (systemTime.starved?.() ?? 0) - began
    },
  }
}

const lines = (log: ReturnType<typeof recordingLog>, code: string) => log.lines.filter(({ fields }) => fields['code'] === code)
const numbers = (...sinks: readonly FakeSink[]) => sinks.flatMap(({ rows }) => rows.map(({ n }) => n as number)).sort((a, b) => a - b)
const upTo = (end: number) => Array.from({ length: end }, (_, n) => n)

describe('a stop amid a chunk that takes longer than it may', () => {
  test.each([
    ['with ids', { from: 'body', path: ['n'] } as const],
    ['without ids', undefined],
  ])('ends in time, and the next start takes the chunk in once: %s', async (_, ids) => {
    const folder = memoryFolder()
    const source = new FakeSource()
    source.send(...upTo(10).map(reading))
    source.send(...upTo(many).slice(10).map(reading))
    // 20 s of work.
    const first = await life(source, folder, 5, ids)
    await until('it is amid the chunk', () => first.mapped() > 30)
    expect(await first.stop()).toBeLessThan(deadlineMs)
    expect(first.mapped()).toBeLessThan(many / 2)
    expect(lines(first.log, 'MR415').map(({ message }) => message)).toEqual([
      "entry 3, 4,086 messages of 'readings', was left half done: the next start takes it in from the journal",
    ])
    expect(await first.jobs.done).toEqual([{ job: 'slow', error: undefined }])
    expect(numbers(first.sinks.rows)).toEqual(upTo(10))
    // What the journal holds is settled: without ids it must not come again.
    expect(source.unsettled.size).toBe(0)

    const second = await life(source, folder, 0, ids)
    source.send(...[many, many + 1_000].map(reading))
    await until('all has gone through', () => second.counts().received === many + 2 && second.sinks.windows.rows.length >= 5)
    await second.stop()
    expect(lines(second.log, 'MR415')).toEqual([])
    expect(numbers(first.sinks.rows, second.sinks.rows)).toEqual([...upTo(many + 1), many + 1_000])
    expect(first.sinks.windows.rows).toEqual([])
    expect(second.sinks.windows.rows.map(({ n }) => n)).toEqual([1_000, 1_000, 1_000, 1_000, 97])
    expect(second.counts()).toMatchObject({ received: many + 2, counted: many + 2, duplicate: 0, late: 0 })
  })

  test('leaves it to its source where nothing is kept', async () => {
    const source = new FakeSource()
    source.send(...upTo(10).map(reading))
    source.send(...upTo(many).slice(10).map(reading))
    const first = await life(source, { dataDir: null }, 5)
    await until('it is amid the chunk', () => first.mapped() > 30)
    expect(await first.stop()).toBeLessThan(deadlineMs)
    expect(lines(first.log, 'MR415').map(({ message }) => message)).toEqual([expect.stringContaining('its source sends it again')])
    expect(source.settled).toEqual([1])

    const second = await life(source, { dataDir: null }, 0)
    await until('all has gone through', () => second.counts().received === many - 10)
    await second.stop()
    expect(numbers(first.sinks.rows, second.sinks.rows)).toEqual(upTo(many))
  })

  test('waits for one that ends within half of the time', async () => {
    const folder = memoryFolder()
    const source = new FakeSource()
    source.send(...upTo(60).map(reading))
    const only = await life(source, folder, 3)
    await until('it is amid the chunk', () => only.mapped() > 0)
    await only.stop(60_000)
    expect(lines(only.log, 'MR415')).toEqual([])
    expect(numbers(only.sinks.rows)).toEqual(upTo(60))
  })
})

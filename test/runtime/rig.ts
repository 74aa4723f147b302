import { count } from '../../src/aggregates/count.js'
import { max } from '../../src/aggregates/max.js'
import { json } from '../../src/codecs/json.js'
import type { IdSpec } from '../../src/connector/source.js'
import type { Job } from '../../src/job/graph.js'
import { job } from '../../src/job/job.js'
import { number, schema, text, timestamp } from '../../src/model/fields.js'
import { aggregate } from '../../src/operators/aggregate.js'
import { eventTime } from '../../src/operators/event-time.js'
import { into } from '../../src/operators/into.js'
import { type VirtualTime, virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { type StartOptions, startJobs } from '../../src/runtime/start-jobs.js'
import { view } from '../../src/views/view-sink.js'
import { tumbling } from '../../src/windows/tumbling.js'
import { recordingLog } from '../support/recording-log.js'
import { FakeSink } from './fake-sink.js'
import { FakeSource } from './fake-source.js'

export const Reading = schema({ id: text().nullable(), room: text(), celsius: number(), at: timestamp('epoch-ms') })

/** The start of virtual time, and of the data. */
export const start = 1_000_000

/** A message. */
export const reading = (at: number, celsius = 20, room = 'a', id?: string) => ({ room, celsius, at, ...(id !== undefined && { id }) })

export interface Rig {
  readonly source: FakeSource
  readonly sink: FakeSink
  readonly job: Job
}

/** A job of one fake source, a 5 s window by room, a fake sink `out` and a view `peaks`. */
export function rig(id = 'climate', ids?: IdSpec, size: '5s' | '10s' = '5s'): Rig {
  const source = new FakeSource()
  const sink = new FakeSink()
  const climate = job(id, ({ read }) => {
    const windows = read('readings', source.spec(json(Reading), ids)).pipe(
      eventTime(r => r.at, { outOfOrderness: '1s' }),
      aggregate('windows', { by: r => ({ room: r.room }), over: tumbling(size) }, { peak: max(r => r.celsius), n: count() }),
    )
    return [windows.pipe(into(sink.spec('out'))), windows.pipe(into(view('peaks')))]
  })
  return { source, sink, job: climate }
}

export async function running(rigs: readonly Rig[], options: Partial<StartOptions> & { readonly time?: VirtualTime } = {}) {
  const time = options.time ?? virtualTime(start)
  const log = recordingLog()
  const jobs = await startJobs({ jobs: rigs.map(({ job }) => job), log, env: {}, dataDir: null, ...options, time })
  // Files are read and synced in real time.
  for (let i = 0; i < 2000 && rigs.some(({ source }) => source.opened === 0); i++) await time.settle()
  await time.settle()
  const counts = (index = 0) => jobs.host.jobs()[index]!.counts
  return { time, log, jobs, counts, host: jobs.host }
}

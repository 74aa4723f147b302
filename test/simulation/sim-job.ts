import { collect } from '../../src/aggregates/collect.js'
import { count } from '../../src/aggregates/count.js'
import { sum } from '../../src/aggregates/sum.js'
import { json } from '../../src/codecs/json.js'
import type { SinkSpec } from '../../src/connector/sink.js'
import type { SourcePromise, SourceSpec } from '../../src/connector/source.js'
import type { Job } from '../../src/job/graph.js'
import { job } from '../../src/job/job.js'
import { integer, number, schema, text, timestamp } from '../../src/model/fields.js'
import type { RowOf } from '../../src/model/schema.js'
import { aggregate } from '../../src/operators/aggregate.js'
import { eventTime } from '../../src/operators/event-time.js'
import { into } from '../../src/operators/into.js'
import { mapRows } from '../../src/operators/map-rows.js'
import { merge } from '../../src/operators/merge.js'
import type { Stream } from '../../src/operators/stream.js'
import { where } from '../../src/operators/where.js'
import { view } from '../../src/views/view-sink.js'
import { hopping } from '../../src/windows/hopping.js'
import { tumbling } from '../../src/windows/tumbling.js'
import type { ModelBroker } from './model-broker.js'
import type { ModelLog } from './model-log.js'
import type { ModelSink } from './model-sink.js'
import type { Plant } from './plant.js'
import { hopMs, narrowMs, type Scenario, wideMs } from './scenario.js'
import type { SimProcess } from './sim-process.js'

export const Reading = schema({ n: integer(), key: text(), value: number(), at: timestamp('epoch-ms') })
type Reading = RowOf<typeof Reading>

/** The peers of the job, which outlive its processes. */
export interface Peers {
  readonly sources: ReadonlyMap<string, ModelBroker | ModelLog>
  readonly sinks: ReadonlyMap<string, ModelSink>
}

/**
 * The job of a scenario in one process: readings of all sources, filtered by an expression, checked by a row function,
 * in windows of two sizes that collect the numbers of their messages, so that sets can be compared. `edited`: the other
 * text of the job, which counts what this one leaves out, and has one more view.
 */
export function simJob(scenario: Scenario, peers: Peers, process: SimProcess, edited: boolean, plant?: Plant): Job {
  const { sources, outOfOrderness, allowedLateness, early, exact, ids } = scenario
  const sink = (id: string) => sinkSpec(peers.sinks.get(id)!, process, plant)
  return job('sim', ({ read }) => {
    const streams = sources.map(({ id }) =>
      read(id, sourceSpec(peers.sources.get(id)!, process, ids, plant)).pipe(
        eventTime(r => r.at, { outOfOrderness: `${outOfOrderness}ms`, closeWhenQuiet: !exact }),
      ),
    )
    const all: Stream<Reading> = streams.length === 1 ? streams[0]! : merge('all', ...(streams as [Stream<Reading>, Stream<Reading>]))
    const checked = all.pipe(
      where(r => r.value.ge(edited ? -1 : 0)),
      mapRows('checked', Reading, r => {
        if (r.value > 90) throw new Error(`${r.value} is too high`)
        return r
      }),
    )
    const results = { ids: collect<Reading, number>(r => r.n, { limit: 10_000 }), n: count(), sum: sum<Reading>(r => r.value) }
    const narrow = checked.pipe(
      aggregate(
        'narrow',
        {
          by: r => ({ key: r.key }),
          over: tumbling(`${narrowMs}ms`),
          ...(allowedLateness > 0 && { allowedLateness: `${allowedLateness}ms` as const }),
          ...(early && { early: '700ms' as const }),
          late: s => s.pipe(into(sink('late'))),
        },
        results,
      ),
    )
    const wide = checked.pipe(aggregate('wide', { over: hopping(`${wideMs}ms`, { every: `${hopMs}ms` }) }, results))
    return [
      narrow.pipe(into(sink('exact'))),
      narrow.pipe(into(sink('once'))),
      narrow.pipe(into(view('shown'))),
      wide.pipe(into(sink('wide'))),
      wide.pipe(into(sink('again'))),
      ...(edited ? [wide.pipe(into(view('wide-shown')))] : []),
    ]
  })
}

const queue: SourcePromise = { unaccepted: 'again', meanwhile: 'kept', repeats: true, readers: 'one' }
const log: SourcePromise = { ...queue, unaccepted: 'log', repeats: false }

function sourceSpec(source: ModelBroker | ModelLog, process: SimProcess, ids: boolean, plant?: Plant): SourceSpec<Reading> {
  return {
    connector: 'model',
    params: { name: source.name },
    decoder: json(Reading),
    id: ids ? { from: 'message-id' } : undefined,
    promise: 'openLog' in source ? log : queue,
    usesEmbeddedNode: false,
    check: async () => [],
    open: async () => plant?.source?.(source.connect(process)) ?? source.connect(process),
    ...('openLog' in source && { openLog: async () => source.openLog(process) }),
  }
}

function sinkSpec(sink: ModelSink, process: SimProcess, plant: Plant | undefined): SinkSpec<unknown> {
  return {
    id: sink.name,
    connector: 'model',
    params: {},
    kind: 'sink',
    expressions: {},
    usesEmbeddedNode: false,
    check: async () => [],
    open: async () => plant?.sink?.(sink.connect(process)) ?? sink.connect(process),
  }
}

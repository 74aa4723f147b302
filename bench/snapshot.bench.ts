import { count } from '../src/aggregates/count.js'
import { max } from '../src/aggregates/max.js'
import { mean } from '../src/aggregates/mean.js'
import { sum } from '../src/aggregates/sum.js'
import type { Graph } from '../src/job/graph.js'
import { job } from '../src/job/job.js'
import { Batch } from '../src/model/batch.js'
import type { NumberColumn } from '../src/model/columns.js'
import { createDictionary } from '../src/model/dictionary.js'
import { number, schema, text } from '../src/model/fields.js'
import type { State } from '../src/model/state.js'
import { aggregate } from '../src/operators/aggregate.js'
import { into } from '../src/operators/into.js'
import { collectSink } from '../src/testing/collect-sink.js'
import { rowsSource } from '../src/testing/rows-source.js'
import { hopping } from '../src/windows/hopping.js'
import { tumbling } from '../src/windows/tumbling.js'
import type { WindowPlan } from '../src/windows/window-plan.js'

/*
 * The pause that a snapshot makes in a job: `graph.snapshot()` between two entries, and what `graph.restore()` takes of a
 * recovery. The job has four aggregates (mean, max, count, sum; eight cells) by text keys of twelve characters, pushed in
 * another order in each pane. Both are repeated; at the end a restored graph closes its
 * windows and must give what the original gives. `node bench/run.js snapshot [KEYS PANES]`.
 */
const Reading = schema({ device: text(), celsius: number() })
const size = 4_096
const rounds = 9
const pane = 10_000

const built = (window: WindowPlan) =>
  job('pause', ({ read }) => [
    read('readings', rowsSource(Reading)).pipe(
      aggregate(
        'climate',
        { by: r => ({ device: r.device }), over: window },
        {
          mean: mean(r => r.celsius),
          peak: max(r => r.celsius),
          n: count(),
          total: sum(r => r.celsius),
        },
      ),
      into(collectSink('out')),
    ),
  ])

function fill(graph: Graph, keys: number, panes: number): void {
  const dictionary = createDictionary()
  const bytes = Buffer.from(Array.from({ length: keys }, (_, i) => `dev-${(100_000_000 + i).toString().slice(1)}`).join(''))
  let entry = 0
  for (let at = 0; at < panes; at++) {
    // A step that shares no factor with the number of keys visits all of them, far apart.
    const step = 7_919 + 2 * at
    for (let from = 0; from < keys; from += size) {
      const length = Math.min(size, keys - from)
      const ids = Int32Array.from({ length }, (_, i) => {
        const key = ((from + i) * step) % keys
        const id = dictionary.internBytes(bytes, 12 * key, 12 * key + 12)
        dictionary.retain(id)
        return id
      })
      const celsius = Float64Array.from({ length }, (_, i) => ((from + i) * 37) % 101)
      push(graph, entry++, at * pane, { ids, celsius, dictionary, length })
    }
  }
}

function push(
  graph: Graph,
  entry: number,
  time: number,
  rows?: {
    readonly ids: Int32Array
    readonly celsius: Float64Array
    readonly dictionary: ReturnType<typeof createDictionary>
    readonly length: number
  },
) {
  const { ids, celsius, dictionary, length } = rows ?? {
    ids: new Int32Array(0),
    celsius: new Float64Array(0),
    dictionary: createDictionary(),
    length: 0,
  }
  graph.begin(entry)
  graph.push(
    'readings',
    new Batch({
      length,
      columns: {
        device: { type: 'text', form: 'dictionary', ids, dictionary },
        celsius: { type: 'number', values: celsius, nulls: undefined },
      },
      times: new Float64Array(length).fill(time),
      origin: 0,
      watermark: rows ? -1 : Number.POSITIVE_INFINITY,
      clock: { wall: 0, stream: 0, partition: 0, frozen: true },
    }),
  )
  return graph.end().outputs
}

/** Rows and sums of all that comes when the input ends. */
function ending(graph: Graph): string {
  let rows = 0
  const sums = [0, 0, 0, 0]
  for (const output of push(graph, 1_000_000, 0)) {
    rows += output.length
    for (const [i, name] of ['mean', 'peak', 'n', 'total'].entries()) {
      const { values } = output.columns[name] as NumberColumn
      for (let row = 0; row < output.length; row++) sums[i]! += values[row]! * (row + 1)
    }
  }
  return `${rows} rows, ${sums.join(' ')}`
}

function bytesOf(state: State): number {
  if (ArrayBuffer.isView(state)) return state.byteLength
  if (typeof state !== 'object' || state === null) return 8
  return Object.values(state).reduce((total: number, part: State) => total + bytesOf(part), 0)
}

interface Timed<R> {
  readonly ms: number
  /** Of all threads: what is left of `ms` on a machine that has other things to do. */
  readonly cpu: number
  readonly result: R
}

function timed<R>(work: () => R): Timed<R> {
  const used = process.cpuUsage()
  const began = process.hrtime.bigint()
  const result = work()
  const ms = Number(process.hrtime.bigint() - began) / 1e6
  const { user, system } = process.cpuUsage(used)
  return { ms, cpu: (user + system) / 1e3, result }
}

function told(all: readonly Timed<unknown>[]): string {
  const of = (part: 'ms' | 'cpu'): number[] => all.map(one => one[part]).sort((a, b) => a - b)
  const middle = (values: readonly number[]): string => values[Math.floor(values.length / 2)]!.toFixed(1)
  const ms = of('ms')
  return `${middle(ms).padStart(6)} ms (${ms[0]!.toFixed(1)} – ${ms.at(-1)!.toFixed(1)}), CPU ${middle(of('cpu'))}`
}

function measure(keys: number, panes: number): void {
  const windows = built(panes === 1 ? tumbling('10s') : hopping(`${10 * panes}s`, { every: '10s' }))
  const graph = windows.start({ bounded: false })
  fill(graph, keys, panes)
  const pauses: Timed<State>[] = []
  const restores: Timed<void>[] = []
  let restored = graph
  for (let round = 0; round < rounds; round++) {
    // Only the last one is kept: a snapshot lives until it is on the disk.
    pauses.push({ ...timed(() => graph.snapshot()), ...(round < rounds - 1 && { result: null }) })
  }
  const state = pauses.at(-1)!.result
  const bytes = bytesOf(state)
  for (let round = 0; round < rounds; round++) {
    restored = windows.start({ bounded: false })
    restores.push(timed(() => restored.restore(state)))
  }
  const [wanted, got] = [ending(graph), ending(restored)]
  if (wanted !== got) throw new Error(`restored graph gave ${got} instead of ${wanted}`)
  console.log(
    `${keys.toLocaleString('en').padStart(9)} keys × ${panes} panes  ${(bytes / 1e6).toFixed(0).padStart(4)} MB   pause ${told(pauses)}   restore ${told(restores)}`,
  )
}

const [keys, panes] = process.argv.slice(2).map(Number)
for (const [k, p] of keys
  ? [[keys, panes ?? 1] as const]
  : ([
      [1_000_000, 1],
      [100_000, 5],
      [10_000, 1],
    ] as const))
  measure(k, p)

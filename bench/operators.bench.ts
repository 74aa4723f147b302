import { filter, groupBy, map, mergeMap, Subject } from 'rxjs'
import { bindAggregate } from '../src/aggregates/bind-aggregate.js'
import { count } from '../src/aggregates/count.js'
import { max } from '../src/aggregates/max.js'
import { mean } from '../src/aggregates/mean.js'
import { compilePredicate } from '../src/expr/compile-predicate.js'
import { traceExpr } from '../src/expr/trace.js'
import type { NumberExpr, SymbolicRow } from '../src/expr/types.js'
import { Batch } from '../src/model/batch.js'
import { createDictionary } from '../src/model/dictionary.js'
import type { ColumnInfo } from '../src/model/value-type.js'
import { createAggregateLogic } from '../src/operators/aggregate-logic.js'
import { hopping } from '../src/windows/hopping.js'

/*
 * Batches of 1,024 rows through where + hopping aggregate (20 s by 5 s; mean, max, count by device), 2.05 M rows a round at
 * 200,000 rows per second of event time, 1 row in 16 filtered out. Rounds of all variants take turns in one process on one
 * core; medians are printed. The peers do the same work on row objects, event by event.
 */
interface Reading {
  readonly device: string
  readonly celsius: number
}
const infos: ColumnInfo[] = [
  { name: 'device', type: 'text', nullable: false },
  { name: 'celsius', type: 'number', nullable: false },
]
const size = 1_024
const batches = 2_000
const rowsPerMs = 200
const rounds = 5

/** A small generator of its own: the same rows in each run. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 8) / 2 ** 24
  }
}

function input(keys: number) {
  const random = generator(keys)
  const dictionary = createDictionary()
  const names = Array.from({ length: keys }, (_, i) => `device-${i}`)
  const ids = names.map(name => {
    const id = dictionary.intern(name)
    dictionary.retain(id)
    return id
  })
  return Array.from({ length: batches }, (_, b) => {
    const devices = Int32Array.from({ length: size }, () => ids[Math.floor(random() * keys)]!)
    const celsius = Float64Array.from({ length: size }, () => random() * 64 - 44)
    const times = Float64Array.from({ length: size }, (_, i) => Math.floor((b * size + i) / rowsPerMs))
    return { devices, celsius, times, dictionary, names }
  })
}
type Input = ReturnType<typeof input>

/** Input batches follow each other in time from round to round, so that state is warm and windows keep closing. */
const span = Math.ceil((batches * size) / rowsPerMs / 20_000) * 20_000

function millrace() {
  const where = compilePredicate(traceExpr((r: SymbolicRow<Reading>) => r.celsius.gt(-40), infos, 'where'))
  const celsius = (r: SymbolicRow<Reading>): NumberExpr => r.celsius
  const logic = createAggregateLogic(
    {
      by: [{ name: 'device', node: { op: 'field', name: 'device', type: 'text', nullable: false } }],
      window: hopping('20s', { every: '5s' }),
      aggregates: [
        { name: 'mean', bound: bindAggregate(mean(celsius), infos) },
        { name: 'peak', bound: bindAggregate(max(celsius), infos) },
        { name: 'n', bound: bindAggregate(count(), infos) },
      ],
      allowedLateness: 0,
      windowedInput: false,
      bounded: true,
    },
    { origin: -1, emitTo: () => {}, late: () => {}, reject: () => {}, count: () => {} },
  )
  const source = new Subject<Batch>()
  const filtered = new Subject<Batch>()
  let results = 0
  const rows = new Int32Array(size)
  source.subscribe(batch => filtered.next(batch.take(rows, where(batch, rows))))
  filtered.subscribe(batch => logic.onBatch(batch, out => (results += out.length)))
  return (all: Input, round: number) => {
    results = 0
    for (const { devices, celsius: values, times, dictionary } of all) {
      const moved = times.map(time => time + round * span)
      source.next(
        new Batch({
          length: size,
          columns: {
            device: { type: 'text', form: 'dictionary', ids: devices, dictionary },
            celsius: { type: 'number', values, nulls: undefined },
          },
          times: moved,
          origin: 0,
          watermark: moved[size - 1]! - 1,
          clock: { wall: 0, stream: 0, partition: 0, frozen: true },
        }),
      )
    }
    return results
  }
}

interface Event extends Reading {
  readonly at: number
}
interface Cell {
  sum: number
  peak: number
  n: number
}

/** Panes of 5 s in Maps by device, merged four at a time: the best that plain RxJS per event can do here. */
class MapWindows {
  results = 0
  private panes = new Map<number, Map<string, Cell>>()
  private open = Number.NaN

  add(event: Event): void {
    const pane = Math.floor(event.at / 5_000)
    if (pane !== this.open) this.turn(pane)
    const cells = this.panes.get(pane)!
    const cell = cells.get(event.device)
    if (!cell) cells.set(event.device, { sum: event.celsius, peak: event.celsius, n: 1 })
    else {
      cell.sum += event.celsius
      if (event.celsius > cell.peak) cell.peak = event.celsius
      cell.n++
    }
  }

  private turn(pane: number): void {
    const merged = new Map<string, Cell>()
    for (const cells of this.panes.values()) {
      for (const [device, cell] of cells) {
        const held = merged.get(device)
        if (!held) merged.set(device, { ...cell })
        else {
          held.sum += cell.sum
          held.peak = Math.max(held.peak, cell.peak)
          held.n += cell.n
        }
      }
    }
    const out = Array.from(merged, ([device, cell]) => ({ device, mean: cell.sum / cell.n, peak: cell.peak, n: cell.n }))
    this.results += out.length
    this.panes.delete(pane - 4)
    this.panes.set(pane, new Map())
    this.open = pane
  }
}

function perEvent(grouped: boolean) {
  const windows = new MapWindows()
  const source = new Subject<Event>()
  const kept = source.pipe(
    map(event => ({ ...event, celsius: event.celsius })),
    filter(event => event.celsius > -40),
  )
  const flow = grouped
    ? kept.pipe(
        groupBy(event => event.device),
        mergeMap(group => group.pipe(map(event => event))),
      )
    : kept
  flow.subscribe(event => windows.add(event))
  return (all: Input, round: number) => {
    windows.results = 0
    for (const { devices, celsius, times, names } of all) {
      for (let i = 0; i < size; i++) source.next({ device: names[devices[i]!]!, celsius: celsius[i]!, at: times[i]! + round * span })
    }
    return windows.results
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

function measure(keys: number, only: string | undefined): void {
  const all = input(keys)
  const variants: Record<string, (all: Input, round: number) => number> = { 'millrace, batches': millrace() }
  if (only === undefined) {
    variants['RxJS per event, Map'] = perEvent(false)
    if (keys <= 1_000) variants['RxJS per event, groupBy'] = perEvent(true)
  }
  const speeds: Record<string, number[]> = Object.fromEntries(Object.keys(variants).map(name => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of Object.entries(variants)) {
      const began = process.hrtime.bigint()
      const results = run(all, round)
      const seconds = Number(process.hrtime.bigint() - began) / 1e9
      if (results === 0 && round > 0) throw new Error(`${name} gave no results`)
      // The first round warms up.
      if (round > 0) speeds[name]!.push((batches * size) / seconds / 1e6)
    }
  }
  const ours = median(speeds['millrace, batches']!)
  for (const [name, values] of Object.entries(speeds)) {
    const speed = median(values)
    console.log(
      `${keys.toLocaleString('en').padStart(8)} keys  ${name.padEnd(26)} ${speed.toFixed(2).padStart(7)} M rows/s   ${(ours / speed).toFixed(1)}×   (${Math.min(...values).toFixed(1)} – ${Math.max(...values).toFixed(1)})`,
    )
  }
}

const only = process.argv[3]
for (const keys of process.argv[2] ? [Number(process.argv[2])] : [1_000, 100_000]) measure(keys, only)

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bindAggregate } from '../aggregates/bind-aggregate.js'
import { collect } from '../aggregates/collect.js'
import { count } from '../aggregates/count.js'
import { last } from '../aggregates/last.js'
import { sum } from '../aggregates/sum.js'
import type { SymbolicRow } from '../expr/types.js'
import { Batch } from '../model/batch.js'
import type { TextColumn } from '../model/columns.js'
import { createDictionary, type Dictionary } from '../model/dictionary.js'
import type { ColumnInfo } from '../model/value-type.js'
import { createAggregateLogic } from './aggregate-logic.js'
import { AggregateOracle, type CaseEntry, type CaseOptions, type CaseResult, type CaseRow } from './aggregate-oracle-fixture.js'

const infos: ColumnInfo[] = [
  { name: 'key', type: 'text', nullable: true },
  { name: 'part', type: 'integer', nullable: true },
  { name: 'value', type: 'number', nullable: true },
]
type R = SymbolicRow<CaseRow>

const bound = [
  { name: 'n', bound: bindAggregate(count(), infos) },
  {
    name: 'sum',
    bound: bindAggregate(
      sum((r: R) => r.value),
      infos,
    ),
  },
  {
    name: 'last',
    bound: bindAggregate(
      last((r: R) => r.value),
      infos,
    ),
  },
  {
    name: 'some',
    bound: bindAggregate(
      collect((r: R) => r.value, { limit: 3 }),
      infos,
    ),
  },
]

type Form = 'dictionary' | 'plain' | 'slices'
const encoder = new TextEncoder()

function textColumn(values: readonly (string | null)[], form: Form, dictionary: Dictionary): TextColumn {
  if (form === 'plain') return { type: 'text', form, values }
  if (form === 'dictionary') {
    return { type: 'text', form, dictionary, ids: Int32Array.from(values, value => (value === null ? -1 : dictionary.intern(value))) }
  }
  const bytes = encoder.encode(values.join(''))
  const lengths = values.map(value => encoder.encode(value ?? '').length)
  const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, length) => sum + length, 0))
  const starts = ends.map((end, i) => (values[i] === null ? -1 : end - lengths[i]!))
  return { type: 'text', form, bytes, starts: Int32Array.from(starts), ends: Int32Array.from(ends) }
}

function numberColumn(values: readonly (number | null)[]) {
  const nulls = Uint8Array.from(values, value => (value === null ? 1 : 0))
  return { type: 'number', values: Float64Array.from(values, value => value ?? 777), nulls } as const
}

interface Cutting {
  /** Rows of an entry are cut after these counts, taken in turn. */
  readonly cuts: readonly number[]
  /** State is saved and restored before every batch whose number is among these. */
  readonly restarts: ReadonlySet<number>
  readonly forms: readonly Form[]
}

function run(options: CaseOptions, entries: readonly CaseEntry[], { cuts, restarts, forms }: Cutting) {
  const late: number[] = []
  const results: CaseResult[] = []
  const watermarks: number[] = []
  let counted = 0
  const make = () =>
    createAggregateLogic(
      {
        by: infos.slice(0, 2).map(({ name, type }) => ({ name, node: { op: 'field', name, type, nullable: true } })),
        window: { kind: 'hopping', size: options.size, every: options.every, offset: options.offset },
        aggregates: bound,
        ...(options.early !== undefined && { early: options.early }),
        allowedLateness: options.allowedLateness,
        windowedInput: false,
        bounded: false,
      },
      {
        origin: -1,
        emitTo: () => {},
        late: (batch, missed) => {
          for (const time of batch.times.subarray(0, batch.length)) {
            late.push(time)
            const { start, end, by } = missed(time)
            // The newest window of the time, closed by now: the next one begins behind it.
            expect(start <= time && time < end && time < start + options.every).toBe(true)
            expect(by).toBeGreaterThanOrEqual(0)
          }
        },
        reject: () => {},
        count: (name, by) => {
          if (name === 'counted') counted += by
        },
      },
    )
  let logic = make()
  let dictionaries = new Map<number, Dictionary>()
  const running = new Map<number, number>()
  let stream = 0
  let number = 0
  const push = (rows: readonly CaseRow[], origin: number, watermark: number, idle: boolean) => {
    if (restarts.has(number)) {
      const state = structuredClone(logic.snapshot!())
      logic = make()
      logic.restore!(state)
      dictionaries = new Map()
    }
    const dictionary = dictionaries.get(origin) ?? createDictionary()
    dictionaries.set(origin, dictionary)
    const batch = new Batch({
      length: rows.length,
      columns: {
        key: textColumn(
          rows.map(row => row.key),
          forms[number % forms.length]!,
          dictionary,
        ),
        part: numberColumn(rows.map(row => row.part)),
        value: numberColumn(rows.map(row => row.value)),
      },
      times: Float64Array.from(rows, row => row.time),
      origin,
      watermark,
      clock: { wall: stream, stream, partition: stream, frozen: false },
      idle,
    })
    number++
    let spoken = 0
    logic.onBatch(batch, out => {
      spoken++
      watermarks.push(out.watermark)
      for (let i = 0; i < out.length; i++) results.push(Object.values(out.row(i) as object) as unknown as CaseResult)
    })
    expect(spoken).toBeGreaterThan(0)
  }
  let cutting = 0
  for (const entry of entries) {
    stream += entry.wait
    const began = running.get(entry.origin) ?? Number.NEGATIVE_INFINITY
    running.set(entry.origin, began)
    push([], entry.origin, began, entry.idle)
    for (let from = 0; from < entry.rows.length; ) {
      const most = Math.min(entry.rows.length, from + cuts[cutting++ % cuts.length]!)
      // As eventTime does: a part ends before a row at or below the running watermark if that has risen in the part.
      const before = running.get(entry.origin)!
      let watermark = before
      let to = from
      while (to < most && !(entry.rows[to]!.time <= watermark && watermark > before)) {
        watermark = Math.max(watermark, entry.rows[to]!.time - options.outOfOrderness - 1)
        to++
      }
      running.set(entry.origin, watermark)
      push(entry.rows.slice(from, to), entry.origin, watermark, entry.idle)
      from = to
    }
    for (const dictionary of dictionaries.values()) dictionary.sweep()
  }
  const idle = new Map(entries.map(entry => [entry.origin, entry.idle]))
  for (const origin of running.keys()) push([], origin, Number.POSITIVE_INFINITY, idle.get(origin)!)
  return { results, late, watermarks, counted, keys: logic.keys!(), pending: logic.pending!() }
}

const text = (rows: readonly unknown[]): string[] => rows.map(row => JSON.stringify(row))

const row = fc.record({
  key: fc.option(fc.constantFrom('a', 'b', 'ü', '', 'long-key'), { freq: 6 }),
  part: fc.option(fc.constantFrom(0, 1, -2.5), { freq: 6 }),
  value: fc.option(fc.integer({ min: -9, max: 9 }), { freq: 6 }),
  time: fc.integer({ min: -40, max: 160 }),
})
const entry = fc.record({
  origin: fc.nat(2),
  idle: fc.boolean(),
  wait: fc.constantFrom(0, 0, 3, 10),
  rows: fc.array(row, { maxLength: 14 }),
})
/** Times that mostly rise, with disorder around them. */
const entries = fc
  .array(entry, { minLength: 1, maxLength: 8 })
  .map(all => all.map((one, i) => ({ ...one, rows: one.rows.map(r => ({ ...r, time: Math.round(r.time / 4) + i * 12 })) })))
const options = fc
  .record({
    size: fc.integer({ min: 1, max: 30 }),
    every: fc.integer({ min: 1, max: 30 }),
    offset: fc.integer({ min: -20, max: 20 }),
    allowedLateness: fc.constantFrom(0, 0, 5, 40),
    outOfOrderness: fc.constantFrom(0, 3, 10),
    early: fc.constantFrom(undefined, 5),
  })
  .map(o => ({ ...o, every: Math.min(o.every, o.size) }))
  .map(o => ({ ...o, offset: o.offset % o.every }))
const cutting = fc.record({
  cuts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
  restarts: fc.uniqueArray(fc.nat(60), { maxLength: 6 }).map(numbers => new Set(numbers)),
  forms: fc.array(fc.constantFrom<Form>('dictionary', 'plain', 'slices'), { minLength: 1, maxLength: 3 }),
})
const whole: Cutting = { cuts: [1_000], restarts: new Set(), forms: ['dictionary'] }

describe('aggregate logic', () => {
  it('agrees with an oracle that knows no panes, and never depends on cuts, restarts or text forms', () => {
    fc.assert(
      fc.property(options, entries, cutting, (o, all, cut) => {
        const oracle = new AggregateOracle(o)
        for (const one of all) oracle.entry(one)
        oracle.finish()
        const one = run(o, all, whole)
        const other = run(o, all, cut)
        expect(text(one.results).sort()).toEqual(text(oracle.results).sort())
        expect(one.late).toEqual(oracle.late)
        expect(one.counted + one.late.length).toBe(all.reduce((sum, { rows }) => sum + rows.length, 0))
        expect(text(other.results)).toEqual(text(one.results))
        expect(other.late).toEqual(one.late)
        for (const made of [one, other]) {
          expect([made.keys, made.pending]).toEqual([0, Number.POSITIVE_INFINITY])
          expect([...made.watermarks].sort((a, b) => (a === b ? 0 : a - b))).toEqual(made.watermarks)
        }
      }),
      { numRuns: Number(process.env['MILLRACE_CASES'] ?? 400) },
    )
  })
})

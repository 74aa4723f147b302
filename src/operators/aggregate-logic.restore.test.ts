import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AggregateSpec } from '../aggregates/aggregate-spec.js'
import { bindAggregate } from '../aggregates/bind-aggregate.js'
import { collect } from '../aggregates/collect.js'
import { count } from '../aggregates/count.js'
import { countDistinct } from '../aggregates/count-distinct.js'
import { first } from '../aggregates/first.js'
import { last } from '../aggregates/last.js'
import { max } from '../aggregates/max.js'
import { mean } from '../aggregates/mean.js'
import { min } from '../aggregates/min.js'
import { stddev } from '../aggregates/stddev.js'
import type { SymbolicRow } from '../expr/types.js'
import { Batch } from '../model/batch.js'
import type { TextColumn } from '../model/columns.js'
import { createDictionary } from '../model/dictionary.js'
import type { ColumnInfo } from '../model/value-type.js'
import { createAggregateLogic } from './aggregate-logic.js'
import { runWithRestarts } from './restart-fixture.js'

interface Row {
  readonly key: string | null
  readonly part: number | null
  readonly flag: boolean
  readonly text: string | null
  readonly value: number | null
}
type R = SymbolicRow<Row>
const infos: ColumnInfo[] = [
  { name: 'key', type: 'text', nullable: true },
  { name: 'part', type: 'number', nullable: true },
  { name: 'flag', type: 'boolean', nullable: false },
  { name: 'text', type: 'text', nullable: true },
  { name: 'value', type: 'number', nullable: true },
]
const specs: Record<string, AggregateSpec<Row, unknown>> = {
  n: count(),
  mean: mean((r: R) => r.value),
  stddev: stddev((r: R) => r.value),
  min: min((r: R) => r.text),
  max: max((r: R) => r.value),
  first: first((r: R) => r.flag),
  last: last((r: R) => r.text),
  lastValue: last((r: R) => r.value),
  texts: countDistinct((r: R) => r.text),
  values: countDistinct((r: R) => r.value),
  some: collect((r: R) => r.text, { limit: 3 }),
  flags: collect((r: R) => r.flag, { limit: 2 }),
}
const aggregates = Object.entries(specs).map(([name, spec]) => ({
  name,
  bound: bindAggregate(spec as AggregateSpec<never, unknown>, infos),
}))

const row = fc.record({
  key: fc.option(fc.constantFrom('', 'a', 'b', 'ü', 'a-long-key', ...Array.from({ length: 30 }, (_, i) => `k${i}`)), { freq: 8 }),
  part: fc.option(fc.constantFrom(0, -0, 1.5, Number.NaN), { freq: 4 }),
  flag: fc.boolean(),
  text: fc.option(fc.constantFrom('x', 'y', '', 'ö', 'zz'), { freq: 4 }),
  value: fc.option(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(-0, 0.1, Number.NaN)), { freq: 5 }),
  time: fc.integer({ min: 0, max: 60 }),
})
const step = fc.record({
  origin: fc.nat(2),
  rows: fc.array(row, { maxLength: 20 }),
  lag: fc.integer({ min: 0, max: 20 }),
  wait: fc.constantFrom(0, 1, 7),
  idle: fc.boolean(),
  form: fc.constantFrom('plain' as const, 'dictionary' as const),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function batchesOf(steps: readonly Step[]): Batch[] {
  const dictionary = createDictionary()
  const textColumn = (values: readonly (string | null)[], form: Step['form']): TextColumn => {
    if (form === 'plain') return { type: 'text', form, values }
    const ids = Int32Array.from(values, value => (value === null ? -1 : dictionary.intern(value)))
    for (const id of ids) if (id >= 0) dictionary.retain(id)
    return { type: 'text', form, dictionary, ids }
  }
  const numbers = (values: readonly (number | null)[]) => ({
    type: 'number' as const,
    values: Float64Array.from(values, value => value ?? 0),
    nulls: Uint8Array.from(values, value => (value === null ? 1 : 0)),
  })
  let stream = 0
  return steps.map(({ origin, rows, lag, wait, idle, form }, i) => {
    stream += wait
    const base = 12 * i
    return new Batch({
      length: rows.length,
      columns: {
        key: textColumn(
          rows.map(r => r.key),
          form,
        ),
        part: numbers(rows.map(r => r.part)),
        flag: { type: 'boolean', values: Uint8Array.from(rows, r => (r.flag ? 1 : 0)), nulls: undefined },
        text: textColumn(
          rows.map(r => r.text),
          form,
        ),
        value: numbers(rows.map(r => r.value)),
      },
      times: Float64Array.from(rows, r => base + r.time - 30),
      origin,
      watermark: base - lag,
      clock: { wall: stream, stream, partition: stream, frozen: false },
      idle,
    })
  })
}

describe('aggregate logic, restored', () => {
  it('says what it would have said: rows, times, deadline, pending, and its next snapshot', () => {
    const options = fc.record({
      every: fc.integer({ min: 4, max: 15 }),
      hops: fc.constantFrom(1, 1.5, 2, 4),
      allowedLateness: fc.constantFrom(0, 15),
      early: fc.constantFrom(undefined, 3),
      keys: fc.constantFrom(0, 1, 3),
    })
    fc.assert(
      fc.property(options, fc.array(step, { minLength: 1, maxLength: 12 }), fc.uniqueArray(fc.nat(12)), (o, steps, restarts) => {
        const make: Parameters<typeof runWithRestarts>[0] = context =>
          createAggregateLogic(
            {
              by: infos.slice(0, o.keys).map(({ name, type, nullable }) => ({ name, node: { op: 'field', name, type, nullable } })),
              window: { kind: 'hopping', size: Math.floor(o.every * o.hops), every: o.every, offset: 0 },
              aggregates,
              ...(o.early !== undefined && { early: o.early }),
              allowedLateness: o.allowedLateness,
              windowedInput: false,
              bounded: false,
            },
            context,
          )
        const whole = runWithRestarts(make, batchesOf(steps), new Set())
        const restarted = runWithRestarts(make, batchesOf(steps), new Set(restarts))
        expect(restarted.spoken).toEqual(whole.spoken)
        expect(restarted.last).toEqual(whole.last)
        for (const { state, then } of restarted.saved) expect(state).toEqual(then)
      }),
      { numRuns: Number(process.env['MILLRACE_CASES'] ?? 60) },
    )
  }, 60_000)
})

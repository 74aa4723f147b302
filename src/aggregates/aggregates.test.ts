import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { SymbolicRow } from '../expr/types.js'
import { type Column, valueAt } from '../model/columns.js'
import type { Instant } from '../model/schema.js'
import type { ColumnInfo, ValueType } from '../model/value-type.js'
import type { AggregateSpec } from './aggregate-spec.js'
import { bindAggregate } from './bind-aggregate.js'
import { collect } from './collect.js'
import { count } from './count.js'
import { countDistinct } from './count-distinct.js'
import { first } from './first.js'
import { last } from './last.js'
import { max } from './max.js'
import { mean } from './mean.js'
import { min } from './min.js'
import { stddev } from './stddev.js'
import { sum } from './sum.js'
import { variance } from './variance.js'

interface Row {
  readonly n: number | null
  readonly t: string | null
  readonly b: boolean | null
  readonly at: Instant
}
type R = SymbolicRow<Row>

const columns: ColumnInfo[] = [
  { name: 'n', type: 'number', nullable: true, unit: '°C' },
  { name: 't', type: 'text', nullable: true },
  { name: 'b', type: 'boolean', nullable: true },
  { name: 'at', type: 'timestamp', nullable: false },
]

type Value = number | string | boolean
interface Item {
  readonly slot: number
  readonly time: number
  readonly value: Value | null
}

function columnOf(type: ValueType, values: readonly (Value | null)[]): Column {
  if (type === 'text') return { type: 'text', form: 'plain', values: values as readonly (string | null)[] }
  const nulls = Uint8Array.from(values, value => (value === null ? 1 : 0))
  const numbers = values.map(value => Number(value ?? 999))
  if (type === 'boolean') return { type: 'boolean', values: Uint8Array.from(numbers), nulls }
  return { type: 'number', values: Float64Array.from(numbers), nulls }
}

const real = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.double({ min: 20, max: 20.001, noNaN: true }).map(value => value + 1e6),
  fc.integer({ min: -3, max: 3 }),
)
const valuesOf = { number: real, text: fc.string({ maxLength: 3 }), boolean: fc.boolean() } as const

/** The values of a slot that are not null, by event time, then arrival. */
const inTime = (items: readonly Item[]) => items.filter(item => item.value !== null).sort((a, b) => a.time - b.time)
const numbersIn = (items: readonly Item[]) => inTime(items).map(item => item.value as number)

/** Exact to the last digits: sums of big integers scaled by 2^60 would be heavier and say no more. */
function exactSum(values: readonly number[]): number {
  const partials: number[] = []
  for (const value of values) {
    let x = value
    let kept = 0
    for (const partial of partials) {
      let y = partial
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x]
      const high = x + y
      const low = y - (high - x)
      if (low !== 0) partials[kept++] = low
      x = high
    }
    partials.length = kept
    partials.push(x)
  }
  return partials.reduceRight((total, part) => total + part, 0)
}

function varianceOf(values: readonly number[]): number | null {
  if (values.length < 2) return null
  const middle = exactSum(values) / values.length
  return exactSum(values.map(value => (value - middle) ** 2)) / (values.length - 1)
}

const cases: readonly {
  readonly name: string
  readonly spec: AggregateSpec<Row, unknown>
  readonly type: 'number' | 'text' | 'boolean'
  readonly oracle: (items: readonly Item[]) => unknown
}[] = [
  { name: 'count', spec: count(), type: 'number', oracle: items => items.length },
  { name: 'sum', spec: sum((r: R) => r.n), type: 'number', oracle: items => (numbersIn(items).length ? exactSum(numbersIn(items)) : null) },
  {
    name: 'mean',
    spec: mean((r: R) => r.n),
    type: 'number',
    oracle: items => (numbersIn(items).length ? exactSum(numbersIn(items)) / numbersIn(items).length : null),
  },
  { name: 'min', spec: min((r: R) => r.n), type: 'number', oracle: items => numbersIn(items).sort((a, b) => a - b)[0] ?? null },
  { name: 'max', spec: max((r: R) => r.n), type: 'number', oracle: items => numbersIn(items).sort((a, b) => b - a)[0] ?? null },
  {
    name: 'min of text',
    spec: min((r: R) => r.t),
    type: 'text',
    oracle: items =>
      inTime(items)
        .map(item => item.value as string)
        .sort()[0] ?? null,
  },
  {
    name: 'max of text',
    spec: max((r: R) => r.t),
    type: 'text',
    oracle: items =>
      inTime(items)
        .map(item => item.value as string)
        .sort()
        .at(-1) ?? null,
  },
  { name: 'variance', spec: variance((r: R) => r.n), type: 'number', oracle: items => varianceOf(numbersIn(items)) },
  {
    name: 'stddev',
    spec: stddev((r: R) => r.n),
    type: 'number',
    oracle: items => {
      const of = varianceOf(numbersIn(items))
      return of === null ? null : Math.sqrt(of)
    },
  },
  { name: 'first', spec: first((r: R) => r.n), type: 'number', oracle: items => inTime(items)[0]?.value ?? null },
  { name: 'last of text', spec: last((r: R) => r.t), type: 'text', oracle: items => inTime(items).at(-1)?.value ?? null },
  { name: 'last of boolean', spec: last((r: R) => r.b), type: 'boolean', oracle: items => inTime(items).at(-1)?.value ?? null },
  { name: 'countDistinct', spec: countDistinct((r: R) => r.n), type: 'number', oracle: items => new Set(numbersIn(items)).size },
  {
    name: 'countDistinct of text',
    spec: countDistinct((r: R) => r.t),
    type: 'text',
    oracle: items => new Set(inTime(items).map(item => item.value)).size,
  },
  {
    name: 'collect',
    spec: collect((r: R) => r.b, { limit: 3 }),
    type: 'boolean',
    oracle: items =>
      inTime(items)
        .map(item => item.value)
        .slice(0, 3),
  },
]

function expectClose(got: unknown, wanted: unknown, scale: number): void {
  if (typeof wanted === 'number' && typeof got === 'number')
    expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-9 * Math.abs(wanted) + scale)
  else expect(got).toEqual(wanted)
}

describe('aggregates', () => {
  for (const { name, spec, type, oracle } of cases) {
    it(`${name} agrees with arrays, cut into panes and saved in between`, () => {
      const bound = bindAggregate(spec as AggregateSpec<never, unknown>, columns)
      const item = fc.record({ slot: fc.nat(3), time: fc.nat(20), value: fc.option(valuesOf[type] as fc.Arbitrary<Value>, { freq: 4 }) })
      fc.assert(
        fc.property(fc.array(item, { maxLength: 60 }), fc.integer({ min: 1, max: 25 }), fc.nat(60), (items: Item[], width, saveAt) => {
          const panes = new Map<number, Item[]>()
          for (const one of items) {
            const pane = Math.floor(one.time / width)
            panes.set(pane, [...(panes.get(pane) ?? []), one])
          }
          const all = Int32Array.of(0, 1, 2, 3)
          const window = bound.create()
          window.grow(4)
          for (const pane of [...panes.keys()].sort((a, b) => a - b)) {
            const rows = panes.get(pane)!
            let accumulator = bound.create()
            accumulator.grow(4)
            const slots = Int32Array.from(rows, row => row.slot)
            const input = columnOf(
              type,
              rows.map(row => row.value),
            )
            const times = Float64Array.from(rows, row => row.time)
            const cut = Math.min(saveAt, rows.length)
            accumulator.add(slots, 0, cut, input, times)
            // Some slots in any order, or all as they lie.
            const some = saveAt % 2 === 0 ? Int32Array.of(3, 1, 0, 2) : undefined
            const state = accumulator.snapshot(some, 4)
            const saved = structuredClone(state)
            accumulator.add(slots, cut, rows.length, input, times)
            accumulator.reset(all, 4)
            expect(state).toEqual(saved)
            accumulator = bound.create()
            accumulator.grow(2)
            accumulator.grow(9)
            accumulator.restore(saved, some, 4)
            accumulator.add(slots, cut, rows.length, input, times)
            window.merge(accumulator, all, 4)
          }
          const results = window.results(all, 4)
          const largest = Math.max(0, ...items.map(one => Math.abs(Number(one.value)) || 0))
          for (let slot = 0; slot < 4; slot++) {
            const mine = items.filter(one => one.slot === slot)
            // A variance near zero of values far from zero is lost in the values' own digits, and the squares of distances below
            // 1e-154 have few digits or none.
            const scale = name === 'variance' ? (1e-13 * largest) ** 2 * 1e3 + 1e-9 : largest * 1e-12 + (name === 'stddev' ? 1e-160 : 0)
            expectClose(valueAt(results, slot), oracle(mine), scale)
          }
          window.reset(Int32Array.of(0, 2), 2)
          const after = window.results(all, 4)
          for (const slot of [0, 2]) expect(valueAt(after, slot)).toEqual(oracle([]))
          for (const slot of [1, 3]) expect(valueAt(after, slot)).toEqual(valueAt(results, slot))
        }),
        { numRuns: 150 },
      )
    })
  }

  it('min and max skip NaN, and sums survive infinities', () => {
    const values = columnOf('number', [Number.NaN, 2, Number.NaN, 1, Number.POSITIVE_INFINITY])
    const results = [min((r: R) => r.n), max((r: R) => r.n), sum((r: R) => r.n)].map((spec, i) => {
      const accumulator = bindAggregate(spec, columns).create()
      accumulator.grow(1)
      const to = i === 2 ? 5 : 4
      accumulator.add(new Int32Array(5), i === 2 ? 3 : 0, to, values, new Float64Array(5))
      return valueAt(accumulator.results(new Int32Array(1), 1), 0)
    })
    expect(results).toEqual([1, 2, Number.POSITIVE_INFINITY])
  })

  it('names types, nullability and units', () => {
    const plan = (spec: AggregateSpec<never, unknown>) => {
      const { type, nullable, unit } = bindAggregate(spec, columns).plan
      return [type, nullable, unit]
    }
    expect(plan(count())).toEqual(['integer', false, undefined])
    for (const spec of [sum, mean, stddev, min, max, first, last]) expect(plan(spec((r: R) => r.n))).toEqual(['number', true, '°C'])
    expect(plan(variance((r: R) => r.n))).toEqual(['number', true, undefined])
    expect(plan(max((r: R) => r.at))).toEqual(['timestamp', true, undefined])
    expect(plan(min((r: R) => r.t))).toEqual(['text', true, undefined])
    expect(plan(collect((r: R) => r.t, { limit: 1 }))).toEqual(['list', false, undefined])
  })

  it('refuses what it cannot read', () => {
    expect(() => bindAggregate({} as never, columns)).toThrow(
      expect.objectContaining({ code: 'MR190', message: 'an object is not an aggregate' }),
    )
    expect(() => bindAggregate(count as never, columns)).toThrow(expect.objectContaining({ code: 'MR190', hint: 'call it: count()' }))
    // @ts-expect-error the mean of a text
    const text = mean((r: R) => r.t)
    expect(() => bindAggregate(text, columns)).toThrow(expect.objectContaining({ code: 'MR191' }))
    for (const limit of [0, 1.5, 100_001, undefined]) {
      expect(() => collect((r: R) => r.n, { limit } as never)).toThrow(expect.objectContaining({ code: 'MR193' }))
    }
  })

  it('infers rows and results where an operator names the row type', () => {
    const take = <const A extends Readonly<Record<string, AggregateSpec<Row, unknown>>>>(aggregates: A) => aggregates
    const made = take({ a: mean(r => r.n), b: max(r => r.at), c: collect(r => r.t, { limit: 2 }), d: first(r => r.b), e: count() })
    expectTypeOf<NonNullable<(typeof made.a)['resultType']>>().toEqualTypeOf<number>()
    expectTypeOf<NonNullable<(typeof made.b)['resultType']>>().toEqualTypeOf<Instant>()
    expectTypeOf<NonNullable<(typeof made.c)['resultType']>>().toEqualTypeOf<readonly string[]>()
    expectTypeOf<NonNullable<(typeof made.d)['resultType']>>().toEqualTypeOf<boolean>()
    expectTypeOf<NonNullable<(typeof made.e)['resultType']>>().toEqualTypeOf<number>()
    // @ts-expect-error a field that the row does not have
    const wrong = () => take({ a: mean(r => r.nn) })
    expect([Object.keys(made), typeof wrong]).toEqual([['a', 'b', 'c', 'd', 'e'], 'function'])
  })
})

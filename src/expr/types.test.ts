import { expect, expectTypeOf, test } from 'vitest'
import type { Instant } from '../model/schema.js'
import { format } from './format.js'
import { literal } from './literal.js'
import type { now } from './now.js'
import { symbolicRow } from './symbolic-row.js'
import type { BoolExpr, ExprOf, NumberExpr, SymbolicRow, TextExpr, TimeExpr, ValueOf, ValuesOf } from './types.js'
import { when } from './when.js'

interface Reading {
  readonly room: string
  readonly celsius: number
  readonly count: number | null
  readonly state: 'run' | 'stop' | null
  readonly open: boolean
  readonly at: Instant
}

const r = symbolicRow([
  { name: 'room', type: 'text', nullable: false },
  { name: 'celsius', type: 'number', nullable: false },
  { name: 'count', type: 'number', nullable: true },
  { name: 'state', type: 'text', nullable: true },
  { name: 'open', type: 'boolean', nullable: false },
  { name: 'at', type: 'timestamp', nullable: false },
]) as unknown as SymbolicRow<Reading>

test('each field has the column of its type', () => {
  expectTypeOf(r.celsius).toEqualTypeOf<NumberExpr<number>>()
  expectTypeOf(r.count).toEqualTypeOf<NumberExpr<number | null>>()
  expectTypeOf(r.state).toEqualTypeOf<TextExpr<'run' | 'stop' | null>>()
  expectTypeOf(r.open).toEqualTypeOf<BoolExpr<boolean>>()
  expectTypeOf(r.at).toEqualTypeOf<TimeExpr<Instant>>()
})

test('null goes on through operations and ends at orElse and isNull', () => {
  expectTypeOf(r.celsius.add(1)).toEqualTypeOf<NumberExpr<number>>()
  expectTypeOf(r.count.add(1)).toEqualTypeOf<NumberExpr<number | null>>()
  expectTypeOf(r.celsius.div(2)).toEqualTypeOf<NumberExpr<number | null>>()
  expectTypeOf(r.count.gt(1)).toEqualTypeOf<BoolExpr<boolean | null>>()
  expectTypeOf(r.celsius.gt(1)).toEqualTypeOf<BoolExpr<boolean>>()
  expectTypeOf(r.count.orElse(0)).toEqualTypeOf<NumberExpr<number>>()
  expectTypeOf(r.count.isNull()).toEqualTypeOf<BoolExpr<boolean>>()
})

test('a column that is never null stands where null is admitted', () => {
  expectTypeOf<NumberExpr>().toExtend<NumberExpr<number | null>>()
  expectTypeOf<TextExpr>().toExtend<TextExpr<string | null>>()
  expectTypeOf<BoolExpr>().toExtend<BoolExpr<boolean | null>>()
  expectTypeOf<TimeExpr>().toExtend<TimeExpr<Instant | null>>()
  expectTypeOf<NumberExpr<number | null>>().not.toExtend<NumberExpr>()
})

test('rows follow from columns', () => {
  const row = { room: r.room, half: r.count.div(2), day: r.at.truncate('day'), level: when(r.open).then('hot').otherwise('fine') }
  expectTypeOf<ValuesOf<typeof row>>().toEqualTypeOf<{
    readonly room: string
    readonly half: number | null
    readonly day: Instant
    readonly level: 'hot' | 'fine'
  }>()
  expectTypeOf<ValueOf<ReturnType<typeof now>>>().toEqualTypeOf<Instant>()
  expectTypeOf(literal(1)).toEqualTypeOf<NumberExpr<number>>()
  expectTypeOf(when(r.open).then(r.celsius).otherwise(null)).toEqualTypeOf<NumberExpr<number | null>>()
  expectTypeOf(format`${r.room}/${r.celsius}`).toEqualTypeOf<TextExpr<string>>()
  expectTypeOf(format`${r.count}`).toEqualTypeOf<TextExpr<string | null>>()
  expectTypeOf<ExprOf<Instant | null>>().toEqualTypeOf<TimeExpr<Instant | null>>()
})

test('what does not fit does not compile', () => {
  const refused = [
    // @ts-expect-error a misspelt field
    () => r.celcius,
    // @ts-expect-error a number has no `lower`
    () => r.celsius.lower(),
    // @ts-expect-error a text is not ordered
    () => r.room.gt('a'),
    // @ts-expect-error a number is not compared with a text
    () => r.celsius.gt('1'),
    // @ts-expect-error not a value of the field
    () => r.state.eq('walk'),
    // @ts-expect-error conditions are joined with conditions
    () => r.open.and(r.celsius),
    // @ts-expect-error the unit is none
    () => r.at.truncate('week'),
    // @ts-expect-error a condition is wanted
    () => when(r.celsius),
    // @ts-expect-error a text is not joined with a number
    () => r.room.concat(1),
  ]
  for (const attempt of refused) expect(typeof attempt).toBe('function')
})

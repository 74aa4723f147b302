import { expect, test } from 'vitest'
import { Batch } from '../model/batch.js'
import { compileColumn } from './compile-column.js'
import { compilePredicate } from './compile-predicate.js'
import { traceExpr, traceRecord } from './trace.js'
import type { NumberExpr, TextExpr } from './types.js'

const columns = [
  { name: 'celsius', type: 'number', nullable: true },
  { name: 'room', type: 'text', nullable: false },
] as const

const batch = new Batch({
  length: 4,
  columns: {
    celsius: { type: 'number', values: Float64Array.of(1, 2, 3, 4), nulls: Uint8Array.of(0, 0, 0, 1) },
    room: { type: 'text', form: 'plain', values: ['a', 'b', 'a', 'a'] },
  },
  times: Float64Array.of(10, 20, 30, 40),
  origin: 0,
  watermark: 0,
  clock: { wall: 99, stream: 0, partition: 0, frozen: false },
})

interface Row {
  readonly celsius: NumberExpr<number | null>
  readonly room: TextExpr
}

test('finds the rows for which a condition is true; null does not hold', () => {
  const node = traceExpr((r: Row) => r.celsius.gt(1).and(r.room.eq('a')), columns, 'where')
  const rows = new Int32Array(4)
  const count = compilePredicate(node)(batch, rows)
  expect([...rows.subarray(0, count)]).toEqual([2])
})

test('a not of null does not hold either', () => {
  const node = traceExpr((r: Row) => r.celsius.gt(2).not(), columns, 'where')
  const rows = new Int32Array(4)
  expect([...rows.subarray(0, compilePredicate(node)(batch, rows))]).toEqual([0, 1])
})

test('an empty batch has no rows, though it has no columns either', () => {
  const node = traceExpr((r: Row) => r.celsius.gt(2), columns, 'where')
  expect(compilePredicate(node)(batch.empty(), new Int32Array(0))).toBe(0)
})

test('columns are computed by name', () => {
  const nodes = traceRecord((r: Row) => ({ room: r.room, half: r.celsius.div(2) }), columns, 'select')
  expect(Object.keys(nodes)).toEqual(['room', 'half'])
  expect(compileColumn(nodes['room']!)(batch)).toBe(batch.columns['room'])
  expect(compileColumn(nodes['half']!)(batch)).toEqual({
    type: 'number',
    values: Float64Array.of(0.5, 1, 1.5, 0),
    nulls: Uint8Array.of(0, 0, 0, 1),
  })
})

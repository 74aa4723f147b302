import type { Column } from './columns.js'

function takeBytes(values: Uint8Array, rows: Int32Array, count: number): Uint8Array {
  const out = new Uint8Array(count)
  for (let i = 0; i < count; i++) out[i] = values[rows[i]!]!
  return out
}

/** `values[rows[i]]` for the first `count` rows. */
export function takeIds(values: Int32Array, rows: Int32Array, count: number): Int32Array {
  const out = new Int32Array(count)
  for (let i = 0; i < count; i++) out[i] = values[rows[i]!]!
  return out
}

/** `values[rows[i]]` for the first `count` rows. */
export function takeNumbers(values: Float64Array, rows: Int32Array, count: number): Float64Array {
  const out = new Float64Array(count)
  for (let i = 0; i < count; i++) out[i] = values[rows[i]!]!
  return out
}

/** A new column of the rows named by `rows[0 … count − 1]`, in that order. */
export function take(column: Column, rows: Int32Array, count: number): Column {
  switch (column.type) {
    case 'number':
      return {
        type: 'number',
        values: takeNumbers(column.values, rows, count),
        nulls: column.nulls && takeBytes(column.nulls, rows, count),
      }
    case 'boolean':
      return {
        type: 'boolean',
        values: takeBytes(column.values, rows, count),
        nulls: column.nulls && takeBytes(column.nulls, rows, count),
      }
    case 'list':
      return { type: 'list', values: Array.from({ length: count }, (_, i) => column.values[rows[i]!] ?? null) }
    case 'text':
      switch (column.form) {
        case 'plain':
          return {
            type: 'text',
            form: 'plain',
            values: Array.from({ length: count }, (_, i) => column.values[rows[i]!] ?? null),
          }
        case 'dictionary':
          return { ...column, ids: takeIds(column.ids, rows, count) }
        case 'slices':
          return {
            ...column,
            starts: takeIds(column.starts, rows, count),
            ends: takeIds(column.ends, rows, count),
          }
      }
  }
}

/** Rows `from` (included) to `to` (excluded) of a column, as views on the same memory where possible. */
export function sliceColumn(column: Column, from: number, to: number): Column {
  switch (column.type) {
    case 'number':
      return { type: 'number', values: column.values.subarray(from, to), nulls: column.nulls?.subarray(from, to) }
    case 'boolean':
      return { type: 'boolean', values: column.values.subarray(from, to), nulls: column.nulls?.subarray(from, to) }
    case 'list':
      return { type: 'list', values: column.values.slice(from, to) }
    case 'text':
      switch (column.form) {
        case 'plain':
          return { type: 'text', form: 'plain', values: column.values.slice(from, to) }
        case 'dictionary':
          return { ...column, ids: column.ids.subarray(from, to) }
        case 'slices':
          return { ...column, starts: column.starts.subarray(from, to), ends: column.ends.subarray(from, to) }
      }
  }
}

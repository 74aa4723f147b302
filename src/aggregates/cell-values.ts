import { type Column, isNullAt, textAt } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { ValueType } from '../model/value-type.js'

/** One value as an accumulator keeps it: booleans as 0 and 1, texts copied out of batch memory. */
export type Kept = number | string | readonly unknown[]

/** The value of a row that outlives its batch; undefined for null. */
export function keptValue(column: Column, row: number): Kept | undefined {
  if (isNullAt(column, row)) return undefined
  switch (column.type) {
    case 'number':
    case 'boolean':
      return column.values[row]!
    case 'text':
      return textAt(column, row) ?? undefined
    case 'list':
      return column.values[row] ?? undefined
  }
}

/** A column of kept values. */
export function keptColumn(type: ValueType, values: readonly (Kept | undefined)[]): Column {
  switch (type) {
    case 'text':
      return { type: 'text', form: 'plain', values: values.map(value => (value as string | undefined) ?? null) }
    case 'list':
      return { type: 'list', values: values.map(value => (value as readonly unknown[] | undefined) ?? null) }
    default: {
      const nulls = values.includes(undefined) ? Uint8Array.from(values, value => (value === undefined ? 1 : 0)) : undefined
      const numbers = (value: Kept | undefined): number => (value as number | undefined) ?? 0
      if (type === 'boolean') return { type: 'boolean', values: Uint8Array.from(values, numbers), nulls }
      return { type: 'number', values: Float64Array.from(values, numbers), nulls }
    }
  }
}

/** Kept values as a row shows them: booleans again. */
export const shownValue = (type: ValueType, value: Kept): unknown => (type === 'boolean' ? value === 1 : value)

/** Undefined is saved as null; kept values are never null. */
export const savedValues = (values: readonly (Kept | undefined)[]): State => values.map(value => (value as State | undefined) ?? null)
export const restoredValue = (saved: State): Kept | undefined => (saved === null ? undefined : (saved as Kept))

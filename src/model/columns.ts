import type { Dictionary } from './dictionary.js'

/** Rows 0 … length − 1 count; arrays may be longer. `nulls` has a 1 where the value is null, or is absent if none is. */
export interface NumberColumn {
  readonly type: 'number'
  readonly values: Float64Array
  readonly nulls: Uint8Array | undefined
}

/** Booleans as 0 and 1. */
export interface BooleanColumn {
  readonly type: 'boolean'
  readonly values: Uint8Array
  readonly nulls: Uint8Array | undefined
}

/** Text by dictionary id; −1 is null. Used for keys. */
export interface DictionaryText {
  readonly type: 'text'
  readonly form: 'dictionary'
  readonly ids: Int32Array
  readonly dictionary: Dictionary
}

/** Text as UTF-8 slices of a buffer, unescaped; start −1 is null. */
export interface SliceText {
  readonly type: 'text'
  readonly form: 'slices'
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
}

/** Text as JavaScript strings: derived values and rows made by JavaScript. */
export interface PlainText {
  readonly type: 'text'
  readonly form: 'plain'
  readonly values: readonly (string | null)[]
}

export type TextColumn = DictionaryText | SliceText | PlainText

/** Lists (`collect`), as JavaScript arrays of row values. */
export interface ListColumn {
  readonly type: 'list'
  readonly values: readonly (readonly unknown[] | null)[]
}

/** `number`, `integer` and `timestamp` fields are number columns. */
export type Column = NumberColumn | BooleanColumn | TextColumn | ListColumn

/** Columns by name, as many rows in each. */
export type Columns = Readonly<Record<string, Column>>

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The text of one row, or null. */
export function textAt(column: TextColumn, row: number): string | null {
  switch (column.form) {
    case 'plain':
      return column.values[row] ?? null
    case 'dictionary': {
      const id = column.ids[row]!
      return id < 0 ? null : column.dictionary.text(id)
    }
    case 'slices': {
      const start = column.starts[row]!
      return start < 0 ? null : utf8.decode(column.bytes.subarray(start, column.ends[row]!))
    }
  }
}

/**
 * The value of one row as job code sees it: number, string, boolean, array or null.
 *
 * @example
 * valueAt({ type: 'number', values: Float64Array.of(20.5, 21), nulls: undefined }, 1) // 21
 */
export function valueAt(column: Column, row: number): unknown {
  switch (column.type) {
    case 'number':
      return column.nulls?.[row] ? null : column.values[row]!
    case 'boolean':
      return column.nulls?.[row] ? null : column.values[row] === 1
    case 'text':
      return textAt(column, row)
    case 'list':
      return column.values[row] ?? null
  }
}

/** True where the row's value is null. */
export function isNullAt(column: Column, row: number): boolean {
  switch (column.type) {
    case 'number':
    case 'boolean':
      return column.nulls?.[row] === 1
    case 'text':
      if (column.form === 'plain') return (column.values[row] ?? null) === null
      return (column.form === 'dictionary' ? column.ids[row]! : column.starts[row]!) < 0
    case 'list':
      return (column.values[row] ?? null) === null
  }
}

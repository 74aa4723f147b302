import type { ViewColumn } from '../model/api.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { parseTime } from './parameters.js'

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

/** A number as any of the formats writes it. A `+` that a form turned into a blank is understood. */
function numberOf(text: string): string | undefined {
  const number = text.replace(' ', '+')
  return decimal.test(number) || ['NaN', 'Infinity', '-Infinity'].includes(number) ? String(Number(number)) : undefined
}

/** How values of a type are read from an address, as the text that a view compares; what is not here is a text itself. */
const readers: Partial<Record<ViewColumn['type'], { readonly wanted: string; read(text: string): string | undefined }>> = {
  number: { wanted: 'a number', read: numberOf },
  integer: { wanted: 'a whole number', read: numberOf },
  boolean: { wanted: 'true or false', read: text => (text === 'true' || text === 'false' ? text : undefined) },
  // Not `now`: the next page would ask for another time.
  timestamp: {
    wanted: 'a time: RFC 3339 or ms since the epoch',
    read: text => (text.startsWith('now') ? undefined : parseTime(text, 0)?.toString()),
  },
}

/**
 * The values of each `key.NAME` as the view compares them, however they were written: `2026-01-15T12:00:00Z` as its ms,
 * `1.0` as `1`. A value that the column cannot have is refused, rather than answered with no rows.
 *
 * @param keys a name that is no column's is left alone: the view tells
 * @throws MR507 for a value that is none of its column's type.
 */
export function keyValues(
  keys: Readonly<Record<string, readonly string[]>>,
  columns: readonly ViewColumn[],
): Readonly<Record<string, readonly string[]>> {
  const read = (name: string, text: string): string => {
    const column = columns.find(c => c.name === name)
    const reader = column && readers[column.type]
    const value = reader ? reader.read(text) : text
    if (value !== undefined) return value
    throw new MillraceError('MR507', `'${text.slice(0, 64)}' is no value of 'key.${name}'`, { hint: `key.${name}: ${reader?.wanted}` })
  }
  return Object.fromEntries(Object.entries(keys).map(([name, texts]) => [name, texts.map(text => read(name, text))]))
}

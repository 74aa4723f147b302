import type { Json } from '../../../src/model/json.js'
import { reading } from './format.js'

const mostColumns = 10

/** Names of the columns of rows, in the order in which they first come; the first ten. */
export const columnsOf = (rows: readonly Readonly<Record<string, Json>>[]): readonly string[] =>
  [...new Set(rows.flatMap(row => Object.keys(row)))].slice(0, mostColumns)

/** A value of a row, short: numbers with about three digits, what has no value as a dash. */
export const cellWords = (value: Json | undefined): string => {
  if (value === undefined || value === null) return '–'
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : reading(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A row in one line: `mote 3 · celsius 27.4`. */
export const rowWords = (row: Readonly<Record<string, Json>>): string =>
  Object.entries(row)
    .map(([name, value]) => `${name} ${cellWords(value)}`)
    .join(' · ')

import type { Json } from '../../../src/model/json.js'
import { clockTime, dateTime, reading } from './format.js'

const dayMs = 86_400_000
const mostColumns = 10

/** Names of the columns of rows, in the order in which they first come; the first ten. */
export const columnsOf = (rows: readonly Readonly<Record<string, Json>>[]): readonly string[] =>
  [...new Set(rows.flatMap(row => Object.keys(row)))].slice(0, mostColumns)

/** Whole numbers this near to the event time of their row are times: ids and counts do not come so near by chance. */
const nearMs = 30 * 86_400_000
/** Event times before 1973 are too near to usual numbers. */
const leastTime = 1e11

/**
 * A value of a row, short: numbers with about three digits, what has no value as a dash.
 * @param eventTime of its row; timestamps are plain numbers there, and are told by their nearness to it
 */
export const cellWords = (value: Json | undefined, eventTime: number): string => {
  if (value === undefined || value === null) return '–'
  if (typeof value !== 'number') return typeof value === 'string' ? value : JSON.stringify(value)
  if (!Number.isInteger(value)) return reading(value)
  const isTime = eventTime > leastTime && Math.abs(value - eventTime) < nearMs
  if (!isTime) return String(value)
  return Math.floor(value / dayMs) === Math.floor(eventTime / dayMs) ? clockTime(value, true) : dateTime(value)
}

/** A row in one line: `mote 3 · celsius 27.4`; a text that begins with the name of its column needs no other. */
export const rowWords = (row: Readonly<Record<string, Json>>, eventTime: number): string =>
  Object.entries(row)
    .map(([name, value]) =>
      [typeof value === 'string' && value.startsWith(`${name} `) ? '' : `${name} `, cellWords(value, eventTime)].join(''),
    )
    .join(' · ')

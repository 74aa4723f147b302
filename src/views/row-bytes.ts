import type { LiveRow } from '../model/api.js'

/** A list counts what its elements do; its depth is bounded by the aggregates that make lists, which are flat. */
function valueBytes(value: LiveRow[number] | unknown): number {
  if (typeof value === 'string') return 24 + 2 * value.length
  if (typeof value === 'number') return 24
  if (Array.isArray(value)) {
    let bytes = 32
    for (const element of value) bytes += valueBytes(element)
    return bytes
  }
  return 8
}

/** What a row of a view costs in memory: an upper estimate for V8 (boxed numbers, two bytes a character, map entries). */
export function rowBytes(key: string, values: LiveRow): number {
  let bytes = 320 + 2 * key.length
  for (const value of values) bytes += valueBytes(value)
  return bytes
}

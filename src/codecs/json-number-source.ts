import type { FieldSpec } from '../model/schema.js'
import { timeLimit } from './field-check.js'

/** The variables of `numberSource`. */
export const numberVariables = 'value = 0.5, first = 0, point = 0, part = 0, stop = 0, digits = 0, digit = 0'

/** Up to `most` digits, appended to `value`; `at` is `stop` if there are so many. Nine fit an integer register. */
const append = (most: number): string => `
          part = at
          digits = 0
          for (stop = at + ${most}; at < stop; at++) {
            digit = bytes[at] - 48
            if (digit >>> 0 > 9) break
            digits = (digits * 10 + digit) | 0
          }
          value = value * power[at - part] + digits`

/** A run of digits, appended to `value`: exact if they are 15 at most, and cut at 16. */
const run = `${append(9)}
          if (at === stop) {${append(7)}
          }`

/**
 * The source that reads a number, a whole number or an epoch at `at`, and does `put` with its `value`; `plainNumber`
 * says for which numbers that is exact. The end is found on the way.
 */
export function numberSource(spec: FieldSpec, put: string): string {
  return `
          first = bytes[at] === 45 ? at + 1 : at
          at = first
          value = 0${run}
          if (at === first || at - first > 15 || (bytes[first] === 48 && at > first + 1)) return -1
          if (bytes[at] === 46) {
          point = ++at${run}
          if (at === point || at - first > 16) return -1
          value /= power[at - point]
          }
          if ((bytes[at] | 32) === 101) return -1
          if (bytes[first - 1] === 45) value = -value${check(spec)}
          ${put}`
}

function check({ type, format }: FieldSpec): string {
  if (type === 'number') return ''
  if (type === 'integer') return '\n          if (!Number.isInteger(value)) return -1\n          value += 0'
  const ms = format === 'epoch-s' ? 'value * 1000' : format === 'epoch-ns' ? 'value / 1e6' : 'value'
  return `
          value = Math.round(${ms}) + 0
          if (!(Math.abs(value) <= ${timeLimit})) return -1`
}

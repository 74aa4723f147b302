import { type TimePatternPart, timePatternParts } from '../model/time-pattern-parts.js'
import { daysFromCivil, digits, isDate, zoneOffset } from './rfc3339.js'
import { zoneToUtc } from './zone.js'

/** Reads a time from bytes, ms since the epoch; NaN if it is none. */
export type TimeParser = (bytes: Uint8Array, start: number, end: number) => number

type Part = Exclude<TimePatternPart, { readonly literal: string }> | { readonly literal: Uint8Array }

const partsOf = (pattern: string): readonly Part[] =>
  timePatternParts(pattern).map(part => ('literal' in part ? { literal: new TextEncoder().encode(part.literal) } : part))

/**
 * Compiles a pattern of year to second with its zone; its letters are those of `timePatternParts`. What is absent is zero. With an
 * offset the zone is not used.
 *
 * @throws MR103 for a pattern or zone that cannot be read.
 */
export function timePattern(pattern: string, zone: string): TimeParser {
  const parts = partsOf(pattern)
  const toUtc = zoneToUtc(zone)
  const value: Record<string, number> = {}
  return (bytes, start, end) => {
    value['y'] = value['M'] = value['d'] = value['H'] = value['m'] = value['s'] = value['S'] = 0
    let offset = Number.NaN
    let at = start
    for (const part of parts) {
      if ('literal' in part) {
        for (const byte of part.literal) if (at >= end || bytes[at++] !== byte) return Number.NaN
        continue
      }
      let width = part.width
      if (part.letter === 'X') {
        if (at >= end) return Number.NaN
        const length = offsetLength(bytes, at, end, width)
        offset = width === 3 ? zoneOffset(bytes, at, at + length) : compactOffset(bytes, at, at + length)
        if (Number.isNaN(offset)) return Number.NaN
        at += length
        continue
      }
      // One letter reads one or two digits, two letters exactly two.
      if (width === 1 && part.letter !== 'S' && at + 1 < end && bytes[at + 1]! >= 48 && bytes[at + 1]! <= 57) width = 2
      if (at + width > end) return Number.NaN
      const read = digits(bytes, at, width)
      value[part.letter] = part.letter === 'S' ? Math.floor(width > 3 ? read / 10 ** (width - 3) : read * 10 ** (3 - width)) : read
      at += width
    }
    const { y, M, d, H, m, s, S } = value as { [K in 'y' | 'M' | 'd' | 'H' | 'm' | 's' | 'S']: number }
    if (at !== end || !isDate(y, M, d) || !(H <= 23) || !(m <= 59) || !(s <= 59) || Number.isNaN(S)) return Number.NaN
    const local = ((daysFromCivil(y, M, d) * 24 + H) * 60 + m) * 60_000 + s * 1_000 + S
    return Number.isNaN(offset) ? toUtc(local) : local - offset * 60_000
  }
}

function offsetLength(bytes: Uint8Array, at: number, end: number, width: number): number {
  if (bytes[at] === 90) return 1
  if (width === 3) return 6
  return at + 5 <= end && !Number.isNaN(digits(bytes, at + 3, 2)) ? 5 : 3
}

/** Minutes east of UTC of `Z`, `±hh` or `±hhmm`. */
function compactOffset(bytes: Uint8Array, at: number, to: number): number {
  if (bytes[at] === 90) return 0
  if (bytes[at] !== 43 && bytes[at] !== 45) return Number.NaN
  const hours = digits(bytes, at + 1, 2)
  const minutes = to - at === 5 ? digits(bytes, at + 3, 2) : 0
  return hours <= 23 && minutes <= 59 ? (bytes[at] === 45 ? -1 : 1) * (hours * 60 + minutes) : Number.NaN
}

import { MillraceError } from '../model/errors/millrace-error.js'
import { daysFromCivil, digits, isDate, zoneOffset } from './rfc3339.js'
import { zoneToUtc } from './zone.js'

/** Reads a time from bytes, ms since the epoch; NaN if it is none. */
export type TimeParser = (bytes: Uint8Array, start: number, end: number) => number

type Part = { readonly letter: string; readonly width: number } | { readonly literal: Uint8Array }

const widths: Readonly<Record<string, readonly number[]>> = {
  y: [4],
  M: [1, 2],
  d: [1, 2],
  H: [1, 2],
  m: [1, 2],
  s: [1, 2],
  S: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  X: [1, 3],
}

function partsOf(pattern: string): Part[] {
  const parts: Part[] = []
  const refuse = (what: string): never => {
    throw new MillraceError('MR103', `the time pattern '${pattern}' ${what}`, {
      hint: "patterns know yyyy MM dd HH mm ss S… X XXX, and literals in single quotes: timestamp(\"yyyy-MM-dd'T'HH:mm:ss\", 'UTC')",
    })
  }
  const literal = (value: string) => parts.push({ literal: new TextEncoder().encode(value) })
  for (let i = 0; i < pattern.length; ) {
    const letter = pattern[i]!
    if (letter === "'") {
      let end = i + 1
      let value = ''
      for (; ; end++) {
        if (end >= pattern.length) return refuse('has an open quote')
        if (pattern[end] !== "'") value += pattern[end]
        else if (pattern[end + 1] === "'") value += pattern[end++]
        else break
      }
      literal(value === '' ? "'" : value)
      i = end + 1
    } else if (/[a-zA-Z]/.test(letter)) {
      let width = 1
      while (pattern[i + width] === letter) width++
      if (!widths[letter]?.includes(width)) return refuse(`has the unknown part '${letter.repeat(width)}'`)
      if (parts.some(part => 'letter' in part && part.letter === letter)) return refuse(`names '${letter}' twice`)
      parts.push({ letter, width })
      i += width
    } else {
      literal(letter)
      i++
    }
  }
  for (const needed of ['y', 'M', 'd']) {
    if (!parts.some(part => 'letter' in part && part.letter === needed)) return refuse(`lacks '${needed}'`)
  }
  return parts
}

/**
 * Compiles a pattern of year to second with its zone. Letters as in Unicode TR 35 part 4 §8: `yyyy`, `M`/`MM`,
 * `d`/`dd`, `H`/`HH`, `m`/`mm`, `s`/`ss`, fractions `S…`, offsets `X` (`Z`, `+01`, `+0130`) and `XXX` (`Z`, `+01:30`);
 * other signs and quoted texts stand for themselves. What is absent is zero. With an offset the zone is not used.
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

const lastDay = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar (Howard Hinnant, "days_from_civil"). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468
}

/** True where the day exists in its month. */
export function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || day > lastDay[month]!) return false
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))
}

/** `count` digits from `at`, or NaN. */
export function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    const digit = bytes[i]! - 48
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

/**
 * A time by RFC 3339 §5.6, such as `2026-03-01T12:00:00.250+01:00`, as ms since the epoch; NaN if it is none. Digits
 * beyond the millisecond are cut off. A leap second reads as the first second of the next minute.
 */
export function rfc3339(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 20) return Number.NaN
  const year = digits(bytes, start, 4)
  const month = digits(bytes, start + 5, 2)
  const day = digits(bytes, start + 8, 2)
  const hour = digits(bytes, start + 11, 2)
  const minute = digits(bytes, start + 14, 2)
  const second = digits(bytes, start + 17, 2)
  const separator = bytes[start + 10]!
  // "T" and "Z" may be lower case, and a space may stand for "T" (RFC 3339 §5.6, notes).
  if (separator !== 84 && separator !== 116 && separator !== 32) return Number.NaN
  if (bytes[start + 4] !== 45 || bytes[start + 7] !== 45 || bytes[start + 13] !== 58 || bytes[start + 16] !== 58) return Number.NaN
  if (!isDate(year, month, day) || !(hour <= 23) || !(minute <= 59) || !(second <= 60)) return Number.NaN
  let at = start + 19
  let ms = 0
  if (bytes[at] === 46) {
    let scale = 100
    const first = ++at
    for (; at < end; at++) {
      const digit = bytes[at]! - 48
      if (!(digit >= 0 && digit <= 9)) break
      ms += digit * scale
      scale = scale === 1 || scale === 0 ? 0 : scale / 10
    }
    if (at === first) return Number.NaN
  }
  const offset = zoneOffset(bytes, at, end)
  if (second === 60 && (((minute - offset) % 60) + 60) % 60 !== 59) return Number.NaN
  return ((daysFromCivil(year, month, day) * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1_000 + ms
}

/** Minutes east of UTC: `Z` or `±hh:mm`, which must end at `end`; NaN otherwise. */
export function zoneOffset(bytes: Uint8Array, at: number, end: number): number {
  const sign = bytes[at]!
  if (sign === 90 || sign === 122) return at + 1 === end ? 0 : Number.NaN
  if ((sign !== 43 && sign !== 45) || at + 6 !== end || bytes[at + 3] !== 58) return Number.NaN
  const hours = digits(bytes, at + 1, 2)
  const minutes = digits(bytes, at + 4, 2)
  if (!(hours <= 23) || !(minutes <= 59)) return Number.NaN
  return (sign === 45 ? -1 : 1) * (hours * 60 + minutes)
}

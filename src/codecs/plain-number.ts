/** 10^0 … 10^22: the powers of ten that a double holds exactly. */
export const powersOfTen = Float64Array.from({ length: 23 }, (_, i) => 10 ** i)

/**
 * The number written in bytes[start … end − 1] by the grammar of JSON (RFC 8259 §6), where a quick way is exact: no
 * exponent, at most 15 digits. Then both the digits and the power of ten are exact doubles, and one division rounds
 * correctly (W. Clinger, "How to read floating point numbers accurately", 1990). NaN: not a number, or not that simple.
 */
export function plainNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  const negative = bytes[at] === 45
  if (negative) at++
  const first = at
  if (end - first > 16 || end === first) return Number.NaN
  let value = 0
  let digit = 0
  for (; at < end; at++) {
    digit = bytes[at]! - 48
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  const whole = at - first
  if (whole === 0 || (whole > 1 && bytes[first] === 48)) return Number.NaN
  if (at === end) return whole > 15 ? Number.NaN : negative ? -value : value
  if (bytes[at] !== 46) return Number.NaN
  const point = ++at
  for (; at < end; at++) {
    digit = bytes[at]! - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  const fraction = end - point
  if (fraction === 0 || whole + fraction > 15) return Number.NaN
  value /= powersOfTen[fraction]!
  return negative ? -value : value
}

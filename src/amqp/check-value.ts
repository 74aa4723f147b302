/** Nesting that no sane performative reaches. */
export const MAX_DEPTH = 64

/** Bytes of the fixed-width and empty types by the upper half of their constructor, part 1 §1.2. */
const FIXED = [0, 0, 0, 0, 0, 1, 2, 4, 8, 16] as const

/** Constructors of part 1 §1.6, so that an unknown one is refused before anyone decodes it. */
const KNOWN = new Uint8Array(256)
for (const code of [
  0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x60, 0x61, 0x70, 0x71, 0x72, 0x73, 0x74, 0x80, 0x81, 0x82,
  0x83, 0x84, 0x94, 0x98, 0xa0, 0xa1, 0xa3, 0xb0, 0xb1, 0xb3, 0xc0, 0xc1, 0xd0, 0xd1, 0xe0, 0xf0,
]) {
  KNOWN[code] = 1
}

/**
 * The end of the encoded value at `at`, or -1 when it is malformed, unknown, nested deeper than 64, or promises more
 * elements than bytes are left for. Reads only `bytes[at, end)`, allocates nothing, and its time is linear in the bytes.
 *
 * @example
 * checkValue(Buffer.from([0x43]), 0, 1) // 1: uint zero
 * checkValue(Buffer.from([0xf0, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0x40]), 0, 10) // -1: four billion nulls in ten bytes
 */
export const checkValue = (bytes: Uint8Array, at: number, end: number, depth = 0): number => {
  if (at >= end || depth > MAX_DEPTH) return -1
  const code = bytes[at]!
  if (code !== 0x00) return checkBody(bytes, code, at + 1, end, depth)
  const value = checkValue(bytes, at + 1, end, depth + 1)
  return value < 0 ? -1 : checkValue(bytes, value, end, depth + 1)
}

const size32 = (bytes: Uint8Array, at: number): number =>
  bytes[at]! * 0x1000000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!)

const checkBody = (bytes: Uint8Array, code: number, at: number, end: number, depth: number): number => {
  if (KNOWN[code] !== 1) return -1
  const kind = code >> 4
  if (kind <= 9) {
    const next = at + FIXED[kind as 4]
    return next <= end ? next : -1
  }
  const wide = (kind & 1) === 1
  const width = wide ? 4 : 1
  if (at + width > end) return -1
  const from = at + width
  const to = from + (wide ? size32(bytes, at) : bytes[at]!)
  if (to > end) return -1
  if (kind <= 0xb) return to
  if (from + width > to) return -1
  const count = wide ? size32(bytes, from) : bytes[from]!
  if (count > to - from) return -1
  return kind <= 0xd ? checkElements(bytes, code, count, from + width, to, depth) : checkArray(bytes, count, from + width, to, depth)
}

const checkElements = (bytes: Uint8Array, code: number, count: number, from: number, to: number, depth: number): number => {
  if ((code & 0xf) === 1 && count % 2 === 1) return -1
  let at = from
  for (let i = 0; i < count; i++) {
    at = checkValue(bytes, at, to, depth + 1)
    if (at < 0) return -1
  }
  return at === to ? to : -1
}

const checkArray = (bytes: Uint8Array, count: number, from: number, to: number, depth: number): number => {
  if (depth >= MAX_DEPTH) return -1
  let at = from
  if (at < to && bytes[at] === 0x00) at = checkValue(bytes, at + 1, to, depth + 1)
  if (at < 0 || at >= to) return -1
  const code = bytes[at]!
  at++
  if (KNOWN[code] !== 1) return -1
  const kind = code >> 4
  if (kind <= 9) return at + FIXED[kind as 4] * count === to ? to : -1
  for (let i = 0; i < count; i++) {
    at = checkBody(bytes, code, at, to, depth + 1)
    if (at < 0) return -1
  }
  return at === to ? to : -1
}

import { depthLimit } from './amqp-value.js'
import { sameBytes } from './same-bytes.js'

/** Becomes 1 where `stringEnd` passed a byte beyond ASCII: then the record must be proved to be UTF-8. One record is read at a time. */
export const beyondAscii = { seen: 0 }

/** By byte: 1 within ASCII strings, 2 beyond ASCII, 0 for quote, escape and control characters. */
const inString = new Uint8Array(256).fill(1, 0x20, 0x80).fill(2, 0x80)
inString[0x22] = inString[0x5c] = 0

/** The closing quote of the string whose first character is at `at`; −1 for escapes, control characters and no end. */
export function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  let i = at
  while (i < end && inString[bytes[i]!] === 1) i++
  if (i < end && bytes[i] === 0x22) return i
  if (i >= end || inString[bytes[i]!] === 0) return -1
  beyondAscii.seen = 1
  while (i < end && inString[bytes[i]!] !== 0) i++
  return i < end && bytes[i] === 0x22 ? i : -1
}

/** RFC 8259 §2: space, tab, line feed, carriage return. */
export const isSpace = (byte: number): boolean => byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)

/** The position behind the spaces at `from`; something else must stand before the end of the bytes. */
export function spaceEnd(bytes: Uint8Array, from: number): number {
  let at = from
  while (isSpace(bytes[at]!)) at++
  return at
}

/** Which of `keys` are bytes[start … end − 1]; −1: none. */
export function keyIndex(keys: readonly Uint8Array[], bytes: Uint8Array, start: number, end: number): number {
  for (let k = 0; k < keys.length; k++) if (sameBytes(bytes, start, end, keys[k]!)) return k
  return -1
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57

/** The position behind the number at `at` (RFC 8259 §6), or −1. */
function numberEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  if (bytes[at] === 0x2d) at++
  if (at >= end || !isDigit(bytes[at])) return -1
  if (bytes[at] === 48) at++
  else while (at < end && isDigit(bytes[at])) at++
  if (at < end && bytes[at] === 0x2e) {
    const point = ++at
    while (at < end && isDigit(bytes[at])) at++
    if (at === point) return -1
  }
  if (at < end && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
    at++
    if (at < end && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at++
    const first = at
    while (at < end && isDigit(bytes[at])) at++
    if (at === first) return -1
  }
  return at
}

/** The position behind `true`, `false` or `null` at `at`, or −1. */
export function literalEnd(bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at]
  if (byte === 0x74) return at + 4 <= end && bytes[at + 1] === 0x72 && bytes[at + 2] === 0x75 && bytes[at + 3] === 0x65 ? at + 4 : -1
  if (byte === 0x6e) return at + 4 <= end && bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c ? at + 4 : -1
  if (byte !== 0x66 || at + 5 > end || bytes[at + 1] !== 0x61 || bytes[at + 2] !== 0x6c) return -1
  return bytes[at + 3] === 0x73 && bytes[at + 4] === 0x65 ? at + 5 : -1
}

/** The position behind a string, number or literal at `at`, or −1. */
function scalarEnd(bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at]!
  if (byte === 0x22) {
    const close = stringEnd(bytes, at + 1, end)
    return close < 0 ? -1 : close + 1
  }
  return byte === 0x2d || isDigit(byte) ? numberEnd(bytes, at, end) : literalEnd(bytes, at, end)
}

/** 1 where the open bracket is that of an object. */
const objects = new Uint8Array(depthLimit + 1)

/**
 * The position behind the value at `at` within `depth` open objects, checked in full; −1 where it is no JSON, has
 * escapes, or nests too deep. One loop, no recursion.
 */
export function skipJson(bytes: Uint8Array, from: number, end: number, depth: number): number {
  const first = bytes[from]
  if (first !== 0x7b && first !== 0x5b) return scalarEnd(bytes, from, end)
  const base = depth
  let open = depth
  let at = from
  // Before a value, or before a key; a bracket may close only where nothing precedes or a value was.
  for (;;) {
    while (at < end && isSpace(bytes[at]!)) at++
    if (at >= end) return -1
    const byte = bytes[at]!
    if (byte === 0x7b || byte === 0x5b) {
      if (++open > depthLimit) return -1
      objects[open] = byte === 0x7b ? 1 : 0
      at++
      while (at < end && isSpace(bytes[at]!)) at++
      if (at >= end) return -1
      const close = objects[open] === 1 ? 0x7d : 0x5d
      if (bytes[at] !== close) {
        if (objects[open] === 1) {
          at = keyEnd(bytes, at, end)
          if (at < 0) return -1
        }
        continue
      }
      at++
      open--
    } else {
      at = scalarEnd(bytes, at, end)
      if (at < 0) return -1
    }
    // A value has ended: close brackets, or go on behind a comma.
    for (;;) {
      if (open === base) return at
      while (at < end && isSpace(bytes[at]!)) at++
      if (at >= end) return -1
      const sign = bytes[at++]!
      if (sign === (objects[open] === 1 ? 0x7d : 0x5d)) {
        open--
        continue
      }
      if (sign !== 0x2c) return -1
      if (objects[open] === 1) {
        at = keyEnd(bytes, at, end)
        if (at < 0) return -1
      }
      break
    }
  }
}

/** The position behind `"key" :`, or −1. */
function keyEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end && isSpace(bytes[at]!)) at++
  if (at >= end || bytes[at] !== 0x22) return -1
  at = stringEnd(bytes, at + 1, end)
  if (at < 0) return -1
  at++
  while (at < end && isSpace(bytes[at]!)) at++
  return at < end && bytes[at] === 0x3a ? at + 1 : -1
}

import { createHash } from 'node:crypto'
import { checkValue } from '../amqp/check-value.js'

const NAME = Buffer.from('_AMQ_DUPL_ID')
/** Longer ids are kept as their hash, so that a memory of ids is bounded in bytes. */
const LONGEST = 64
const APPLICATION_PROPERTIES = 0x74

/**
 * The application property `_AMQ_DUPL_ID` of an encoded message, text or binary, as Artemis has it; undefined where there
 * is none. The result is a key of at most 65 characters: its kind, and its bytes or their SHA-256.
 */
export const duplicateId = (bytes: Buffer): string | undefined => {
  let at = 0
  while (at + 4 <= bytes.length && bytes[at] === 0x00 && bytes[at + 1] === 0x53) {
    const code = bytes[at + 2]!
    if (code > APPLICATION_PROPERTIES) return undefined
    const form = bytes[at + 3]!
    const wide = form === 0xd0 || form === 0xd1
    if (!wide && form !== 0xc0 && form !== 0xc1 && form !== 0x45) return undefined
    if (code === APPLICATION_PROPERTIES) return form === 0x45 ? undefined : idInMap(bytes, at + 3, wide)
    if (form === 0x45) at += 4
    else if (wide) at = at + 8 > bytes.length ? bytes.length : at + 8 + bytes.readUInt32BE(at + 4)
    else at = at + 5 > bytes.length ? bytes.length : at + 5 + bytes[at + 4]!
  }
  return undefined
}

/** Walks the keys of the map at `at`. */
const idInMap = (bytes: Buffer, at: number, wide: boolean): string | undefined => {
  const end = checkValue(bytes, at, bytes.length)
  let key = at + (wide ? 9 : 3)
  while (key >= 0 && key < end) {
    const value = checkValue(bytes, key, end)
    if (value < 0) return undefined
    if (isName(bytes, key, value)) return keyOf(bytes, value, end)
    key = checkValue(bytes, value, end)
  }
  return undefined
}

const isName = (bytes: Buffer, at: number, end: number): boolean => {
  const code = bytes[at]
  if (code !== 0xa1 && code !== 0xb1) return false
  const from = at + (code === 0xa1 ? 2 : 5)
  return end - from === NAME.length && bytes.compare(NAME, 0, NAME.length, from, end) === 0
}

const keyOf = (bytes: Buffer, at: number, limit: number): string | undefined => {
  const end = checkValue(bytes, at, limit)
  const code = bytes[at]
  const text = code === 0xa1 || code === 0xb1
  if (end < 0 || (!text && code !== 0xa0 && code !== 0xb0)) return undefined
  const from = at + (code === 0xa1 || code === 0xa0 ? 2 : 5)
  if (end - from <= LONGEST) return (text ? 't' : 'b') + bytes.toString('latin1', from, end)
  return (text ? 'T' : 'B') + createHash('sha256').update(bytes.subarray(from, end)).digest('binary')
}

import type { DuplicateIds } from './duplicate-ids.js'
import type { Kept } from './kept.js'
import { type KeptAddress, PAIR, RecordKind, writePair } from './store-record.js'
import type { Attempts } from './stored.js'

/** Kind, then the address as JSON with its number and how far it was read. */
export const encodeAddress = (kept: Kept): Buffer =>
  Buffer.concat([
    Buffer.from([RecordKind.address]),
    Buffer.from(JSON.stringify({ number: kept.number, acquired: kept.acquired, ...kept.address })),
  ])

export interface AddressRecord extends KeptAddress {
  readonly number: number
  readonly acquired: number
}

/** @throws SyntaxError for what is no JSON. */
export const decodeAddress = (bytes: Buffer): AddressRecord => JSON.parse(bytes.toString('utf8', 1)) as AddressRecord

/** Kind, number. */
export const encodeForgotten = (number: number): Buffer => {
  const bytes = Buffer.alloc(5)
  bytes[0] = RecordKind.forgotten
  bytes.writeUInt32LE(number, 1)
  return bytes
}

/** Kind, number, then each id with its length in one byte. */
export const encodeIds = (number: number, ids: DuplicateIds): Buffer => {
  const all = ids.all()
  const bytes = Buffer.alloc(all.reduce((sum, id) => sum + 1 + id.length, 5))
  bytes[0] = RecordKind.ids
  let at = bytes.writeUInt32LE(number, 1)
  for (const id of all) {
    bytes[at++] = id.length
    at += bytes.write(id, at, 'latin1')
  }
  return bytes
}

/** @throws RangeError for a record that is cut off. */
export const decodeIds = (bytes: Buffer): string[] => {
  const ids: string[] = []
  for (let at = 5; at < bytes.length; ) {
    const end = at + 1 + bytes[at]!
    if (end > bytes.length) throw new RangeError('a record of ids is cut off')
    ids.push(bytes.toString('latin1', at + 1, end))
    at = end
  }
  return ids
}

/** Kind, number, the id. */
export const encodeId = (number: number, id: string): Buffer => {
  const bytes = Buffer.alloc(5 + id.length)
  bytes[0] = RecordKind.id
  bytes.writeUInt32LE(number, 1)
  bytes.write(id, 5, 'latin1')
  return bytes
}

/** Kind, pair of queue and seq, delivery count (4), failures (4). */
export const encodeAttempts = (queue: number, seq: number, attempts: Attempts): Buffer => {
  const bytes = Buffer.alloc(1 + PAIR + 8)
  bytes[0] = RecordKind.attempts
  writePair(bytes, 1, queue, seq)
  bytes.writeUInt32LE(attempts.deliveryCount, 1 + PAIR)
  bytes.writeUInt32LE(attempts.failures, 5 + PAIR)
  return bytes
}

/** @throws RangeError for a record that is cut off. */
export const decodeAttempts = (bytes: Buffer): Attempts => ({
  deliveryCount: bytes.readUInt32LE(1 + PAIR),
  failures: bytes.readUInt32LE(5 + PAIR),
})

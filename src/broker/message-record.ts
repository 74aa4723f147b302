import { RecordKind } from './store-record.js'

/**
 * Kind, length of the id (255: none), number of holders (2 bytes), format (4), seq (8; 0: this record), arrival (8, wall
 * ms), address of the id (4), holders (4 each), id; the encoded message follows.
 */
const FIXED = 28
const NO_ID = 255

/** What stands before the bytes of a message in its record. */
export interface MessageHead {
  readonly format: number
  readonly seq: number
  readonly arrived: number
  readonly holders: readonly number[]
  /** The address that remembers `id`. */
  readonly address: number
  readonly id: string | undefined
}

let scratch = Buffer.allocUnsafe(256)

/** The head, encoded; valid until the next one. */
export const encodeMessageHead = (
  format: number,
  seq: number,
  arrived: number,
  holders: readonly number[],
  address: number,
  id: string | undefined,
): Buffer => {
  const length = FIXED + 4 * holders.length + (id?.length ?? 0)
  if (scratch.length < length) scratch = Buffer.allocUnsafe(length * 2)
  scratch[0] = RecordKind.message
  scratch[1] = id === undefined ? NO_ID : id.length
  scratch.writeUInt16LE(holders.length, 2)
  scratch.writeUInt32LE(format, 4)
  scratch.writeDoubleLE(seq, 8)
  scratch.writeDoubleLE(arrived, 16)
  scratch.writeUInt32LE(address, 24)
  let at = FIXED
  for (const holder of holders) at = scratch.writeUInt32LE(holder, at)
  if (id !== undefined) scratch.write(id, at, 'latin1')
  return scratch.subarray(0, length)
}

/** The head of a message record and where the message begins. @throws RangeError for one that is cut off. */
export const decodeMessageHead = (bytes: Buffer): { readonly head: MessageHead; readonly end: number } => {
  const idLength = bytes.readUInt8(1)
  const count = bytes.readUInt16LE(2)
  const holders: number[] = []
  for (let i = 0; i < count; i++) holders.push(bytes.readUInt32LE(FIXED + 4 * i))
  const at = FIXED + 4 * count
  const end = idLength === NO_ID ? at : at + idLength
  if (end > bytes.length) throw new RangeError('a message record is cut off')
  return {
    head: {
      format: bytes.readUInt32LE(4),
      seq: bytes.readDoubleLE(8),
      arrived: bytes.readDoubleLE(16),
      holders,
      address: bytes.readUInt32LE(24),
      id: idLength === NO_ID ? undefined : bytes.toString('latin1', at, end),
    },
    end,
  }
}

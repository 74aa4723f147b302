import { crc32 } from 'node:zlib'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Json } from '../model/json.js'
import { parseSegmentName, segmentName } from './segment-name.js'

/** A header fills a block of its own and is synced before the first record: a file that is not longer holds no record. */
export const headerBytes = 4_096
const magic = 0x4753524d // "MRSG"
const version = 1
const textAt = 16

/** What the first block of a segment says. */
export interface SegmentHeader {
  readonly epoch: number
  /** Number of its first record. */
  readonly first: number
  /** First record of its epoch: whatever an earlier epoch wrote at or above it came too late. */
  readonly from: number
  /** When the segment was begun, and when its writer opened the log, ms since the epoch. */
  readonly began: number
  readonly opened: number
  readonly header: { readonly [key: string]: Json }
}

/** Magic, version, length of the text, CRC of the block, the text as JSON, zeros. @throws RangeError where the text does not fit. */
export function encodeHeader(header: SegmentHeader): Uint8Array {
  const text = Buffer.from(JSON.stringify(header))
  if (text.length > headerBytes - textAt) throw new RangeError('the header of a segment may be 4,080 bytes long')
  const block = Buffer.alloc(headerBytes)
  block.writeUInt32LE(magic, 0)
  block.writeUInt32LE(version, 4)
  block.writeUInt32LE(text.length, 8)
  text.copy(block, textAt)
  block.writeUInt32LE(crcOf(block), 12)
  return block
}

/**
 * Undefined where the block never became whole, as after a crash: then nothing was written behind it.
 *
 * @param size Of the file.
 * @throws MR442 where the block is damaged; MR443 where a newer release wrote it, or something else.
 */
export function decodeHeader(block: Uint8Array, size: number, name: string): SegmentHeader | undefined {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.length)
  const whole = bytes.length === headerBytes && bytes.readUInt32LE(12) === crcOf(bytes)
  if (!whole && size <= headerBytes) return undefined
  if (bytes.readUInt32LE(0) !== magic) throw new MillraceError('MR443', `${name} is no segment of a journal`)
  if (!whole) throw damaged(name)
  const found = bytes.readUInt32LE(4)
  if (found !== version) throw new MillraceError('MR443', `${name} has format ${found}; this release reads format ${version}`)
  const header = JSON.parse(bytes.toString('utf8', textAt, textAt + bytes.readUInt32LE(8))) as SegmentHeader
  if (segmentName(header.epoch, header.first) !== name && parseSegmentName(name)) throw damaged(name)
  return header
}

/** What the checksums of a log's records begin with: a record of another log, or of another epoch, never passes for one of this. */
export const recordSeed = ({ epoch, opened, header }: SegmentHeader): number => crc32(JSON.stringify([epoch, opened, header]))

/** Over the block without the place of the checksum itself. */
const crcOf = (block: Buffer): number => crc32(block.subarray(textAt), crc32(block.subarray(0, 12)))

const damaged = (name: string): MillraceError =>
  new MillraceError('MR442', `the header of ${name} is damaged`, { notes: [`${name}, byte 0`] })

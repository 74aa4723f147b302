import { crc32 } from 'node:zlib'

/**
 * A record is a head of four u32, little-endian, its payload, and zeros up to a multiple of 8:
 *
 * - CRC-32 over all that follows it, beginning with the log's seed;
 * - length of the payload, at least 1;
 * - its number, modulo 2^32;
 * - its number less that of the last record known to be durable when it was appended.
 */
export const headBytes = 16

/** Bytes of a record with its head and its padding. */
export const recordBytes = (length: number): number => headBytes + Math.ceil(length / 8) * 8

/** Completes a record whose payload and padding are at their place. */
export function sealRecord(
  buffer: Buffer,
  at: number,
  record: { readonly length: number; readonly number: number; readonly durable: number },
  seed: number,
): void {
  buffer.writeUInt32LE(record.length, at + 4)
  buffer.writeUInt32LE(record.number % 2 ** 32, at + 8)
  buffer.writeUInt32LE(Math.min(record.number - record.durable, 2 ** 32 - 1), at + 12)
  buffer.writeUInt32LE(crc32(buffer.subarray(at + 4, at + recordBytes(record.length)), seed), at)
}

/** Whether a whole record stands at `at`; `end` is that of the bytes known. */
export function isRecord(buffer: Buffer, at: number, end: number, seed: number): boolean {
  const length = buffer.readUInt32LE(at + 4)
  if (length === 0 || at + recordBytes(length) > end) return false
  return crc32(buffer.subarray(at + 4, at + recordBytes(length)), seed) === buffer.readUInt32LE(at)
}

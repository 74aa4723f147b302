import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { ReadableBytes } from './packed-bytes.js'
import type { Offset } from './record-buffer.js'

/** Bytes before a place by which its file is recognised. */
export const printBytes = 256

/**
 * Where a source goes on: in which file, known by its number in the file system and the bytes just before the place, and
 * where in it.
 */
export interface FilePlace extends Offset {
  /** The path that it had. */
  readonly file: string
  readonly inode: string
  /** Checksum of the `length` bytes before `at`. */
  readonly print: Print
}

export interface Print {
  readonly length: number
  readonly crc: number
}

export const writePlace = (place: FilePlace): string => JSON.stringify(place)

/** @throws MR334 for what another connector or release wrote */
export function readPlace(text: string): FilePlace {
  try {
    const { file, inode, print, at, line, skipping } = JSON.parse(text) as FilePlace
    const numbers = [print.length, print.crc, at, line]
    if (typeof file === 'string' && typeof inode === 'string' && numbers.every(Number.isSafeInteger)) {
      return { file, inode, print: { length: print.length, crc: print.crc }, at, line, skipping: skipping === true }
    }
  } catch {
    // Said below.
  }
  throw new MillraceError('MR334', `'${text.slice(0, 200)}' is not a place in a file`)
}

/** By its device and number there, which stay over a rename. */
export async function inodeOf(file: FileHandle): Promise<string> {
  const { dev, ino } = await file.stat({ bigint: true })
  return `${dev}:${ino}`
}

/** The checksum of the bytes before an offset, at most 256. */
export async function printOf(file: ReadableBytes, at: number, length = Math.min(at, printBytes)): Promise<Print> {
  const bytes = new Uint8Array(length)
  const { bytesRead } = await file.read(bytes, 0, length, at - length)
  return { length: bytesRead, crc: crc32(bytes.subarray(0, bytesRead)) }
}

/** Whether a file still holds what was read of it up to a place. */
export async function holds(file: ReadableBytes, { at, print }: Pick<FilePlace, 'at' | 'print'>): Promise<boolean> {
  if (at > 0 && print.length === 0) return false
  const { length, crc } = await printOf(file, at, Math.min(print.length, printBytes))
  return length === print.length && crc === print.crc
}

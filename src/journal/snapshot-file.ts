/**
 * The file that a snapshot, or a side file of one, is: little-endian
 *
 * | bytes | what |
 * |---|---|
 * | 8 | `MRSNAP02` or `MRSIDE01`: kind and version of the layout |
 * | 4, 4 | length of the header; CRC-32 of magic, length and header |
 * | … | header: JSON, filled with zeros to a multiple of 8 |
 * | … | the body, to the end of the data |
 * | 4 each | CRC-32 of each slice of 1 MiB of all that comes before |
 * | 8, 4, 4, 8 | bytes of data; slices; CRC-32 of the slices' CRCs and these two numbers; `MRSEALED` |
 */
import { crc32 } from 'node:zlib'
import type { Disk, DiskFile } from '../model/disk.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Json } from '../model/json.js'

const magics = { snapshot: 'MRSNAP02', side: 'MRSIDE01' } as const
export type SnapshotFileKind = keyof typeof magics

type Header = { readonly [key: string]: Json }

const seal = Buffer.from('MRSEALED', 'latin1')
const prefixBytes = 16
const endBytes = 24
/** More than any header needs: none is read into memory before its length is believed. */
const largestHeader = 64 * 2 ** 20
/** Written and synced at one go, so that the journal's syncs do not wait long behind it. */
export const sliceBytes = 2 ** 20
/** Bytes of the body after which other work gets its turn: as JSON they take about 5 ms to make. */
const turnBytes = 2 ** 18

/** Why a file is not to be used; its message says what is wrong with it. */
export class DamagedFile extends Error {}

function headerBytes(kind: SnapshotFileKind, header: Header): Buffer {
  const json = Buffer.from(JSON.stringify(header))
  const bytes = Buffer.alloc(Math.ceil((prefixBytes + json.length) / 8) * 8)
  bytes.write(magics[kind], 'latin1')
  bytes.writeUInt32LE(json.length, 8)
  json.copy(bytes, prefixBytes)
  bytes.writeUInt32LE(crc32(json, crc32(bytes.subarray(0, 12))), 12)
  return bytes
}

/**
 * Writes a file, each slice synced before the next one is written, and closes it. Within slices, too,
 * the event loop gets its turn.
 *
 * @returns length of the file. @throws the disk's error; the file is closed then, and good for nothing.
 */
export async function writeSnapshotFile(
  disk: Disk,
  path: string,
  kind: SnapshotFileKind,
  header: Header,
  body: Iterable<Uint8Array>,
): Promise<number> {
  const file = await disk.create(path)
  try {
    const writer = new SliceWriter(file)
    await writer.add(headerBytes(kind, header))
    let made = 0
    for (const piece of body) {
      await writer.add(piece)
      made += piece.length
      if (made < turnBytes) continue
      made = 0
      await new Promise(resolve => setImmediate(resolve))
    }
    return await writer.seal()
  } finally {
    await file.close()
  }
}

class SliceWriter {
  readonly #file: DiskFile
  readonly #slice = Buffer.allocUnsafeSlow(sliceBytes)
  readonly #crcs: number[] = []
  #filled = 0
  #written = 0

  constructor(file: DiskFile) {
    this.#file = file
  }

  async add(piece: Uint8Array): Promise<void> {
    for (let from = 0; from < piece.length; ) {
      const part = piece.subarray(from, from + sliceBytes - this.#filled)
      this.#slice.set(part, this.#filled)
      this.#filled += part.length
      from += part.length
      if (this.#filled === sliceBytes) await this.#flush()
    }
  }

  async seal(): Promise<number> {
    const data = this.#written + this.#filled
    if (this.#filled > 0) await this.#flush()
    const crcs = Buffer.alloc(4 * this.#crcs.length + endBytes)
    this.#crcs.forEach((crc, i) => void crcs.writeUInt32LE(crc, 4 * i))
    const end = 4 * this.#crcs.length
    crcs.writeBigUInt64LE(BigInt(data), end)
    crcs.writeUInt32LE(this.#crcs.length, end + 8)
    crcs.writeUInt32LE(crc32(crcs.subarray(0, end + 12)), end + 12)
    seal.copy(crcs, end + 16)
    await this.#write(crcs)
    return this.#written
  }

  async #flush(): Promise<void> {
    const slice = this.#slice.subarray(0, this.#filled)
    this.#crcs.push(crc32(slice))
    await this.#write(slice)
    this.#filled = 0
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      const count = await this.#file.write(bytes.subarray(from), this.#written)
      if (count <= 0) throw new Error('the disk takes no more bytes')
      from += count
      this.#written += count
    }
    await this.#file.sync()
  }
}

export interface SnapshotFileContent {
  readonly header: Header
  readonly body: Uint8Array
}

/**
 * Reads a whole file and checks each byte of it.
 *
 * @throws DamagedFile; MR451 where another release wrote it; the disk's error.
 */
export async function readSnapshotFile(disk: Disk, path: string, kind: SnapshotFileKind): Promise<SnapshotFileContent> {
  return await withFile(disk, path, async file => {
    const size = await file.size()
    const { header, bodyAt } = await headerOf(file, size, path, kind)
    if (size < bodyAt + endBytes) throw new DamagedFile('it is torn')
    const bytes = Buffer.from(new ArrayBuffer(size))
    for (let at = 0; at < size; ) at += await readFully(file, bytes.subarray(at, at + sliceBytes), at)
    const end = bytes.subarray(size - endBytes)
    if (!end.subarray(16).equals(seal)) throw new DamagedFile('its end is missing')
    const data = Number(end.readBigUInt64LE(0))
    const slices = end.readUInt32LE(8)
    if (slices !== Math.ceil(data / sliceBytes) || data + 4 * slices + endBytes !== size) throw new DamagedFile('it is torn')
    if (crc32(bytes.subarray(data, size - endBytes + 12)) !== end.readUInt32LE(12)) throw new DamagedFile('its checksums are altered')
    for (let i = 0; i < slices; i++) {
      const slice = bytes.subarray(i * sliceBytes, Math.min((i + 1) * sliceBytes, data))
      if (crc32(slice) !== bytes.readUInt32LE(data + 4 * i))
        throw new DamagedFile(`a byte between ${i * sliceBytes} and ${i * sliceBytes + slice.length} is altered`)
    }
    return { header, body: bytes.subarray(bodyAt, data) }
  })
}

/**
 * Reads and checks the header alone.
 *
 * @throws as `readSnapshotFile`.
 */
export async function readSnapshotHeader(disk: Disk, path: string, kind: SnapshotFileKind): Promise<Header> {
  return await withFile(disk, path, async file => (await headerOf(file, await file.size(), path, kind)).header)
}

async function headerOf(file: DiskFile, size: number, path: string, kind: SnapshotFileKind) {
  const prefix = Buffer.alloc(prefixBytes)
  if (size < prefixBytes) throw new DamagedFile('it is torn')
  await readFully(file, prefix, 0)
  const length = prefix.readUInt32LE(8)
  if (length > Math.min(size - prefixBytes, largestHeader)) throw new DamagedFile('its header is torn or altered')
  const json = Buffer.alloc(length)
  await readFully(file, json, prefixBytes)
  if (crc32(json, crc32(prefix.subarray(0, 12))) !== prefix.readUInt32LE(12)) throw new DamagedFile('its header is altered')
  const magic = prefix.toString('latin1', 0, 8)
  // The checksum is right: so it was written that way.
  if (magic !== magics[kind])
    throw new MillraceError('MR451', `the file ${path} is of the format '${magic}'; this release reads '${magics[kind]}'`)
  return { header: JSON.parse(json.toString()) as Header, bodyAt: Math.ceil((prefixBytes + length) / 8) * 8 }
}

async function withFile<T>(disk: Disk, path: string, use: (file: DiskFile) => Promise<T>): Promise<T> {
  const file = await disk.open(path, 'read')
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

/** Fills `into`. @throws DamagedFile where the file ends before. */
async function readFully(file: DiskFile, into: Uint8Array, position: number): Promise<number> {
  for (let at = 0; at < into.length; ) {
    const count = await file.read(into.subarray(at), position + at)
    if (count <= 0) throw new DamagedFile('it is torn')
    at += count
  }
  return into.length
}

import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { crc32 } from 'node:zlib'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Json } from '../model/json.js'

/** `MRSNAP`, then the version of the layout. */
const magic = Buffer.from('MRSNAP01', 'latin1')
/** magic, length of the header, length of the body, CRC-32 of all but itself. */
const prefixBytes = 20
const crcAt = 16

/** The header can be read without the body: it says whether the body fits. */
export interface SnapshotFile {
  readonly header: { readonly [key: string]: Json }
  readonly body: unknown
}

/** A snapshot as bytes. */
export function encodeSnapshot(snapshot: SnapshotFile): Buffer {
  const header = Buffer.from(JSON.stringify(snapshot.header))
  const body = serialize(snapshot.body)
  const file = Buffer.alloc(prefixBytes + header.length + body.length)
  magic.copy(file)
  file.writeUInt32LE(header.length, 8)
  file.writeUInt32LE(body.length, 12)
  header.copy(file, prefixBytes)
  body.copy(file, prefixBytes + header.length)
  file.writeUInt32LE(checksum(file), crcAt)
  return file
}

const checksum = (file: Buffer): number => crc32(file.subarray(prefixBytes), crc32(file.subarray(0, crcAt)))

/**
 * The snapshot in a file's bytes.
 *
 * @throws MR420 where a byte is missing, added or altered.
 */
export function decodeSnapshot(file: Buffer, path: string): SnapshotFile {
  const wrong = (why: string) => new MillraceError('MR420', `the snapshot ${path} is unreadable: ${why}`)
  if (file.length < prefixBytes) throw wrong('it is torn')
  if (!file.subarray(0, magic.length).equals(magic)) throw wrong('it is no snapshot of this version of Millrace')
  const headerEnd = prefixBytes + file.readUInt32LE(8)
  if (headerEnd + file.readUInt32LE(12) !== file.length) throw wrong('it is torn')
  if (file.readUInt32LE(crcAt) !== checksum(file)) throw wrong('its checksum is wrong')
  return {
    header: JSON.parse(file.toString('utf8', prefixBytes, headerEnd)) as SnapshotFile['header'],
    body: deserialize(file.subarray(headerEnd)) as unknown,
  }
}

/** Waits until the folder's entries are on the disk. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders, and makes renames durable by itself.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  await handle.sync()
  await handle.close()
}

/**
 * Writes a snapshot so that the path holds either the old file or all of the new one.
 *
 * @throws MR422
 */
export async function writeSnapshot(path: string, snapshot: SnapshotFile): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    const handle = await open(`${path}.new`, 'w')
    await handle.writeFile(encodeSnapshot(snapshot))
    await handle.sync()
    await handle.close()
    await rename(`${path}.new`, path)
    await syncFolder(dirname(path))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new MillraceError('MR422', `the snapshot ${path} was not written: ${reason}`, { cause: error })
  }
}

/**
 * Reads a snapshot; undefined where there is none.
 *
 * @throws MR420
 */
export async function readSnapshot(path: string): Promise<SnapshotFile | undefined> {
  let file: Buffer
  try {
    file = await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new MillraceError('MR420', `the snapshot ${path} cannot be read: ${(error as Error).message}`, { cause: error })
  }
  return decodeSnapshot(file, path)
}

/** Takes a snapshot out of use, durably, under a name that says what became of it. */
export async function retireSnapshot(path: string, as: 'restored' | 'corrupt'): Promise<void> {
  await rename(path, `${path}.${as}`)
  await syncFolder(dirname(path))
}

import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Disk } from '../../model/disk.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { RandomSource } from '../../model/seams.js'
import { sinksAheadName } from '../flow/sinks-ahead.js'

const fileName = 'identity.json'
/** What earlier releases wrote: a name without a checksum. */
const unchecked = /^\{"format":1,"id":"[0-9a-f]{8}"\}\n$/
/** Small files in the form of side files. */
export const keptNames: readonly string[] = ['acknowledged.alerts', sinksAheadName]
/** What `--reset` puts aside, all that a job's state consists of. */
const stateNames = ['journal', 'snapshots', 'bundles', ...keptNames, fileName]

/**
 * The name of this folder's journal, made by chance when it is begun: entries count from 1 in each, so names that are
 * made from entries (of dead letters, of rows without a window) carry it.
 *
 * @throws MR426 where the file is damaged or cannot be written.
 */
export async function dataIdentity(disk: Disk, dataDir: string, random: RandomSource): Promise<string> {
  const path = join(dataDir, fileName)
  try {
    return (await read(disk, path)) ?? (await create(disk, dataDir, random.hex(8)))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new MillraceError('MR426', `the data folder ${dataDir} is not usable: ${fileName}: ${reason}`, {
      cause: error,
      ...(error instanceof DamagedName && { hint: 'restore the file from a copy of the folder, or begin afresh with `--reset`' }),
    })
  }
}

class DamagedName extends Error {}

/** A line of JSON; a name in which one sign is another would give all rows and dead letters new ids. */
const lineOf = (id: string): string => `${JSON.stringify({ format: 2, id, crc: crc32(id) })}\n`

/** The name of a folder's journal; undefined where it has none. Changes nothing. @throws where it is damaged, or the disk's error */
export const readDataIdentity = (disk: Disk, dataDir: string): Promise<string | undefined> => read(disk, join(dataDir, fileName))

async function read(disk: Disk, path: string): Promise<string | undefined> {
  const file = await disk.open(path, 'read').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!file) return undefined
  try {
    const bytes = new Uint8Array(await file.size())
    for (let at = 0, got = -1; got !== 0 && at < bytes.length; at += got) got = await file.read(bytes.subarray(at), at)
    return nameIn(new TextDecoder().decode(bytes))
  } finally {
    await file.close()
  }
}

function nameIn(text: string): string {
  let id: unknown
  try {
    id = (JSON.parse(text) as { readonly id?: unknown }).id
  } catch {
    throw new DamagedName('it is damaged')
  }
  if (typeof id === 'string' && (text === lineOf(id) || unchecked.test(text))) return id
  throw new DamagedName('it is damaged, or of a newer release')
}

async function create(disk: Disk, dataDir: string, id: string): Promise<string> {
  const part = join(dataDir, `${fileName}.new`)
  await disk.remove(part)
  const file = await disk.create(part)
  try {
    const bytes = new TextEncoder().encode(lineOf(id))
    for (let at = 0; at < bytes.length; ) at += await file.write(bytes.subarray(at), at)
    await file.sync()
  } finally {
    await file.close()
  }
  await disk.rename(part, join(dataDir, fileName))
  await disk.syncFolder(dataDir)
  return id
}

/** Puts the state in a data folder aside, into `aside-EPOCH`, so that the job begins afresh. Dead letters stay. */
export async function putAside(disk: Disk, dataDir: string, epoch: number): Promise<string> {
  const aside = join(dataDir, `aside-${epoch}`)
  const present = (await disk.list(dataDir)).filter(name => stateNames.includes(name))
  await disk.makeFolder(aside)
  for (const name of present) await disk.rename(join(dataDir, name), join(aside, name))
  await disk.syncFolder(aside)
  await disk.syncFolder(dataDir)
  return aside
}

import { join } from 'node:path'
import type { Disk } from '../../model/disk.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { RandomSource } from '../../model/seams.js'
import { sinksAheadName } from '../flow/sinks-ahead.js'

const fileName = 'identity.json'
/** What `--reset` puts aside, all that a job's state consists of. */
const stateNames = ['journal', 'snapshots', 'bundles', 'acknowledged.alerts', sinksAheadName, fileName]

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
    throw new MillraceError('MR426', `the data folder ${dataDir} is not usable: ${fileName}: ${reason}`, { cause: error })
  }
}

/** The name of a folder's journal; undefined where it has none. Changes nothing. */
export const readDataIdentity = (disk: Disk, dataDir: string): Promise<string | undefined> => read(disk, join(dataDir, fileName))

async function read(disk: Disk, path: string): Promise<string | undefined> {
  const file = await disk.open(path, 'read').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!file) return undefined
  try {
    const bytes = new Uint8Array(await file.size())
    await file.read(bytes, 0)
    const { id } = JSON.parse(new TextDecoder().decode(bytes)) as { readonly id?: unknown }
    if (typeof id !== 'string') throw new Error('it names no journal')
    return id
  } finally {
    await file.close()
  }
}

async function create(disk: Disk, dataDir: string, id: string): Promise<string> {
  const part = join(dataDir, `${fileName}.new`)
  await disk.remove(part)
  const file = await disk.create(part)
  try {
    const bytes = new TextEncoder().encode(`${JSON.stringify({ format: 1, id })}\n`)
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

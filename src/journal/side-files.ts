import { crc32 } from 'node:zlib'
import type { Disk } from '../model/disk.js'
import { DamagedFile, readSnapshotFile, writeSnapshotFile } from './snapshot-file.js'
import type { SideToSave } from './snapshot-store.js'

/** A side file as the snapshots that need it name it. */
export type SideFile = {
  readonly file: string
  /** Of the snapshot that it was written for. */
  readonly entry: number
  /** Of its body. */
  readonly bytes: number
  readonly crc: number
}

/** The side files of a snapshot: by name, oldest first. */
export type SideChains = { readonly [name: string]: readonly SideFile[] }

export const sideSuffix = '.side'

/** All files that a snapshot needs beside itself. */
export const filesOf = (chains: SideChains): readonly string[] => Object.values(chains).flatMap(chain => chain.map(side => side.file))

/** Reads the side files that a snapshot names. */
export async function readSides(
  disk: Disk,
  folder: string,
  chains: SideChains,
): Promise<{ readonly [name: string]: readonly Uint8Array[] }> {
  const sides: [string, Uint8Array[]][] = []
  for (const [name, chain] of Object.entries(chains)) {
    const bodies: Uint8Array[] = []
    for (const side of chain) bodies.push(await readSide(disk, folder, side))
    sides.push([name, bodies])
  }
  return Object.fromEntries(sides)
}

/** @throws DamagedSide */
async function readSide(disk: Disk, folder: string, side: SideFile): Promise<Uint8Array> {
  try {
    const { body } = await readSnapshotFile(disk, `${folder}/${side.file}`, 'side')
    if (body.length !== side.bytes || crc32(body) !== side.crc) throw new DamagedFile('it belongs to another snapshot')
    return body
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new DamagedSide(side.file, 'it is gone')
    if (error instanceof DamagedFile) throw new DamagedSide(side.file, error.message)
    throw error
  }
}

/** A side file makes its snapshot unusable. */
export class DamagedSide extends DamagedFile {
  readonly file: string

  constructor(file: string, why: string) {
    super(`its side file ${file} is unusable: ${why}`)
    this.file = file
  }
}

/** Where a side file is written, and what of. */
export interface SideWriting {
  readonly disk: Disk
  readonly folder: string
  readonly job: string
  readonly entry: number
  /** What names of files begin with. */
  readonly stem: string
  /** Names that must not be written over. */
  readonly taken: ReadonlySet<string>
  /** Gets the name of the file before there is one. */
  readonly made: string[]
}

/**
 * Writes the new part of a side, where there is one, into a file that no snapshot names yet, and gives all files that the
 * snapshot needs of this side. `before` are those of the last one saved.
 */
export async function writeSide(side: SideToSave, before: readonly SideFile[], to: SideWriting): Promise<readonly SideFile[]> {
  const needed = before.filter(({ entry }) => entry >= side.from)
  if (side.bytes.length === 0) return needed
  const { disk, folder, job, entry } = to
  const file = freeName(`${to.stem}.${side.name}`, to.taken)
  to.made.push(file)
  await disk.remove(`${folder}/${file}`)
  await writeSnapshotFile(disk, `${folder}/${file}`, 'side', { job, entry, name: side.name }, [side.bytes])
  return [...needed, { file, entry, bytes: side.bytes.length, crc: crc32(side.bytes) }]
}

/** A second snapshot of one entry leaves the side files of the first alone. */
function freeName(stem: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? `${stem}${sideSuffix}` : `${stem}.${n}${sideSuffix}`
    if (!taken.has(name)) return name
  }
}

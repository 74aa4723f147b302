import { basename } from 'node:path'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { type FilePlace, printBytes } from './file-place.js'
import type { FileSeries, Neighbour } from './file-series.js'
import { type RecordForm, SourceFile } from './source-file.js'

/** Where reading goes on. */
export interface Continuation {
  /** The file of the place, which goes on from there; undefined: it is not to be found. */
  readonly file: SourceFile | undefined
  /** Paths of files to read from their beginnings before those that the series names. */
  readonly before: readonly string[]
}

const packed = /\.(gz|bz2|xz|zst|zip)$/i
/** What a rotation adds to a name: a number or a date. */
const rotated = /\d/

/**
 * Finds the file of a place again: under its name, or, where a rotation has renamed it, beside that, and then with the
 * files of its name that followed it.
 *
 * @throws MR331 where a file cannot be opened
 */
export async function findPlace(place: FilePlace, series: FileSeries, form: RecordForm, rotates: boolean): Promise<Continuation> {
  const own = await openIfThere(series.pathOf(place.file), form)
  if (own && own.inode === place.inode && (await own.holds(place))) return { file: own, before: [] }
  if (rotates && !series.isPattern) {
    const renamed = await findRenamed(place, series, form)
    if (renamed) {
      await own?.close()
      return renamed
    }
  }
  // A copy, or a file system that numbers anew: what matters is that its bytes go on from there.
  if (own && (await own.holds(place))) return { file: own, before: [] }
  await own?.close()
  return { file: undefined, before: [] }
}

/**
 * The file that replaced one under its name, where it goes on from what was read of that: writers that make the whole file
 * anew, and then rename it, add lines so. Undefined where it is another file; a beginning that is too short to tell counts as one.
 */
export async function findGrown(place: FilePlace, form: RecordForm): Promise<SourceFile | undefined> {
  if (place.print.length < printBytes) return undefined
  const grown = await openIfThere(place.file, form)
  if (!grown) return undefined
  try {
    if (await grown.holds(place)) {
      await grown.goOn(place)
      return grown
    }
  } catch (error) {
    await grown.close()
    throw error
  }
  await grown.close()
  return undefined
}

/** Paths of files that were rotated away after one, and never had a reader: a busy job may miss more than one rotation. */
export async function rotatedAfter(inode: string, series: FileSeries): Promise<readonly string[]> {
  const neighbours = await series.neighbours()
  const own = neighbours.find(one => one.inode === inode)
  return own ? later(own, neighbours, series) : []
}

async function findRenamed(place: FilePlace, series: FileSeries, form: RecordForm): Promise<Continuation | undefined> {
  const neighbours = await series.neighbours()
  const found = neighbours.find(({ inode, path }) => inode === place.inode && path !== series.path)
  const file = found && (await openIfThere(found.path, form))
  if (!file) return undefined
  if (await file.holds(place)) return { file, before: later(found, neighbours, series) }
  await file.close()
  return undefined
}

/** Rotated files of the same name that were written after it, the oldest first. */
function later(
  { inode: of, changed: since }: Neighbour,
  neighbours: readonly Neighbour[],
  { path: current }: FileSeries,
): readonly string[] {
  const isLater = ({ path, inode, changed }: Neighbour): boolean =>
    path !== current &&
    inode !== of &&
    changed > since &&
    basename(path).startsWith(basename(current)) &&
    rotated.test(basename(path).slice(basename(current).length)) &&
    !packed.test(path)
  return neighbours
    .filter(isLater)
    .sort((a, b) => a.changed - b.changed)
    .map(({ path }) => path)
}

async function openIfThere(path: string, form: RecordForm): Promise<SourceFile | undefined> {
  try {
    return await SourceFile.open(path, form)
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'MR330') return undefined
    throw error
  }
}

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
/** Files that were read last, with which a packed one is compared. */
const mostCompared = 8
/** What can be unpacked. */
const readable = /\.gz$/i
/** What a rotation adds to a name: a number or a date. */
const rotated = /\d/

/**
 * Finds the file of a place again: under its name, or, where a rotation has renamed it, beside that, and then with the
 * files of its name that followed it. One that was packed meanwhile is known by what it holds.
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
  if (!own && rotates && series.isPattern) {
    const unpacked = await openIfThere(`${series.pathOf(place.file)}.gz`, form)
    if (unpacked && (await holdsPacked(unpacked, place))) return { file: unpacked, before: [] }
    await unpacked?.close()
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
export async function rotatedAfter(
  file: SourceFile,
  read: readonly FilePlace[],
  series: FileSeries,
  form: RecordForm,
): Promise<readonly string[]> {
  const own = { inode: file.inode, changed: await file.changed() }
  return followers(own, [...read.slice(-mostCompared), file.place], await series.neighbours(), series, form)
}

/** Files beside the series that were packed in a way that cannot be read here. */
export async function unreadable(series: FileSeries): Promise<readonly string[]> {
  const isPackedOtherwise = (path: string): boolean =>
    basename(path).startsWith(basename(series.path)) && packed.test(path) && !readable.test(path)
  return (await series.neighbours()).map(({ path }) => path).filter(isPackedOtherwise)
}

async function findRenamed(place: FilePlace, series: FileSeries, form: RecordForm): Promise<Continuation | undefined> {
  const neighbours = await series.neighbours()
  const found = neighbours.find(({ inode, path }) => inode === place.inode && path !== series.path)
  // A file that came later may have been given the number, once the one of the place was packed and removed.
  const candidates = [...(found ? [found] : []), ...packedBeside(neighbours, series).filter(one => one !== found)]
  for (const candidate of candidates) {
    const file = await openIfThere(candidate.path, form)
    if (file && (file.isPacked ? await holdsPacked(file, place) : candidate === found && (await file.holds(place)))) {
      return { file, before: await followers(candidate, [place], neighbours, series, form) }
    }
    await file?.close()
  }
  return undefined
}

/** What gzip made of rotated files, the newest first: few rotations have passed. */
function packedBeside(neighbours: readonly Neighbour[], { path: current }: FileSeries): readonly Neighbour[] {
  return neighbours
    .filter(({ path }) => basename(path).startsWith(basename(current)) && readable.test(path))
    .sort((a, b) => b.changed - a.changed)
}

/** Bytes that cannot be unpacked are not those of the place. */
const holdsPacked = (file: SourceFile, place: FilePlace): Promise<boolean> => file.holds(place).catch(() => false)

/** As `later`, without what gzip made of the files themselves once they were read, and what only bears a name of gzip's. */
async function followers(
  own: Pick<Neighbour, 'inode' | 'changed'>,
  read: readonly FilePlace[],
  neighbours: readonly Neighbour[],
  series: FileSeries,
  form: RecordForm,
): Promise<readonly string[]> {
  const paths: string[] = []
  for (const path of later(own, neighbours, series)) {
    const unpacked = readable.test(path) ? await openIfThere(path, form) : undefined
    if (!unpacked || (unpacked.isPacked && !(await holdsAny(unpacked, read)))) paths.push(path)
    await unpacked?.close()
  }
  return paths
}

async function holdsAny(file: SourceFile, places: readonly FilePlace[]): Promise<boolean> {
  for (const place of places) if (await holdsPacked(file, place)) return true
  return false
}

/** Rotated files of the same name that were written after it, the oldest first. */
function later(
  { inode: of, changed: since }: Pick<Neighbour, 'inode' | 'changed'>,
  neighbours: readonly Neighbour[],
  { path: current }: FileSeries,
): readonly string[] {
  const paths = new Set(neighbours.map(({ path }) => path))
  const isLater = ({ path, inode, changed }: Neighbour): boolean =>
    path !== current &&
    inode !== of &&
    changed > since &&
    basename(path).startsWith(basename(current)) &&
    rotated.test(basename(path).slice(basename(current).length)) &&
    // One that is being packed is still there as it was.
    (!packed.test(path) || (readable.test(path) && !paths.has(path.replace(readable, ''))))
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

import type { Reached } from '../model/crash-point.js'
import type { Disk } from '../model/disk.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Log } from '../model/seams.js'
import type { Fence } from './fence.js'
import { DamagedSide, filesOf, readSides, type SideChains, type SideFile, sideSuffix, writeSide } from './side-files.js'
import { DamagedFile, readSnapshotFile, readSnapshotHeader, writeSnapshotFile } from './snapshot-file.js'
import type { LoadedSnapshot, SnapshotStore, SnapshotToSave } from './snapshot-store.js'
import { encodeState } from './state-codec.js'
import { decodeState } from './state-decoder.js'

/** What the snapshot store of a job is opened with. */
export interface SnapshotOptions {
  readonly disk: Disk
  /** `snapshots` in the job's data folder. Made if absent. */
  readonly folder: string
  readonly job: string
  /** The owner's right to write: files bear its epoch, and it is confirmed before a snapshot gets its name. */
  readonly fence?: Fence
  readonly log: Log
  readonly reached: Reached
}

/** The newest, and one to fall back on. */
const keep = 2
const suffix = '.snapshot'
const newSuffix = '.new'
const corruptSuffix = '.corrupt'

/**
 * Opens the snapshots of a job. What an earlier process left half written is removed; a snapshot whose header is damaged
 * is put aside.
 *
 * @throws MR421 where one is of another job; MR451 where another release wrote it; MR452 where the folder cannot be read.
 * @example
 * const snapshots = await openSnapshots({ disk: systemDisk, folder: 'data/climate/snapshots', job: 'climate', log, reached })
 * const newest = await snapshots.load()
 */
export async function openSnapshots(options: SnapshotOptions): Promise<SnapshotStore> {
  const store = new Snapshots(options)
  await store.open()
  return store
}

/** A snapshot in the folder and the side files that it needs. */
interface Kept {
  readonly entry: number
  readonly name: string
  readonly sides: SideChains
}

class Snapshots implements SnapshotStore {
  readonly #options: SnapshotOptions
  /** Newest first. */
  #kept: readonly Kept[] = []
  /** Side files of the state as it was last loaded or saved: the next snapshot adds to them. */
  #sides: SideChains = {}

  constructor(options: SnapshotOptions) {
    this.#options = options
  }

  get needed(): number {
    return this.#kept[keep - 1]?.entry ?? 0
  }

  async open(): Promise<void> {
    const { disk, folder } = this.#options
    await this.#reading(async () => {
      await disk.makeFolder(folder)
      for (const name of await disk.list(folder)) if (name.endsWith(newSuffix)) await disk.remove(this.#path(name))
      await this.#readHeaders()
    })
  }

  async load(): Promise<LoadedSnapshot | undefined> {
    return await this.#reading(async () => {
      this.#sides = {}
      await this.#readHeaders()
      for (const kept of this.#kept) {
        const loaded = await this.#loadOne(kept)
        if (!loaded) continue
        this.#sides = kept.sides
        return loaded
      }
      return undefined
    })
  }

  async save(snapshot: SnapshotToSave): Promise<void> {
    const { disk, folder, job, fence, reached } = this.#options
    const { entry } = snapshot
    const stem = fence ? `${entry}-${fence.epoch}` : `${entry}`
    const name = `${stem}${suffix}`
    const made: string[] = []
    const sides: Record<string, readonly SideFile[]> = {}
    try {
      await disk.makeFolder(folder)
      const taken = new Set(this.#kept.flatMap(kept => filesOf(kept.sides)))
      const to = { disk, folder, job, entry, stem, taken, made }
      for (const side of snapshot.sides) sides[side.name] = await writeSide(side, this.#sides[side.name] ?? [], to)
      // A snapshot must never be durable before the files that it names.
      if (made.length > 0) await disk.syncFolder(folder)
      reached('snapshot-side-written')
      made.push(`${name}${newSuffix}`)
      await disk.remove(this.#path(`${name}${newSuffix}`))
      const header = { job, entry, sides, header: snapshot.header }
      await writeSnapshotFile(disk, this.#path(`${name}${newSuffix}`), 'snapshot', header, encodeState(snapshot.body))
      reached('snapshot-written')
      await fence?.confirm()
      await disk.rename(this.#path(`${name}${newSuffix}`), this.#path(name))
      // From here on it may be found after a crash, whole: its side files must stay.
      made.length = 0
      this.#kept = [{ entry, name, sides }, ...this.#kept.filter(kept => kept.name !== name)]
      reached('snapshot-renamed')
      await disk.syncFolder(folder)
    } catch (error) {
      for (const file of made) await disk.remove(this.#path(file)).catch(() => undefined)
      if (error instanceof MillraceError) throw error
      throw new MillraceError('MR422', `the snapshot ${this.#path(name)} was not written: ${reasonOf(error)}`, { cause: error })
    }
    this.#sides = sides
    reached('snapshot-durable')
    await this.#prune(name)
  }

  /** Removes what no snapshot to keep needs. What cannot be removed now is removed after the next one. */
  async #prune(newest: string): Promise<void> {
    const { disk, folder, job, log } = this.#options
    this.#kept = this.#kept.slice(0, keep)
    const needed = new Set(this.#kept.flatMap(({ name, sides }) => [name, ...filesOf(sides)]))
    try {
      // What is newer is another owner's, who has replaced this one.
      const old = (await disk.list(folder)).filter(name => !needed.has(name) && byAge(name, newest) >= 0)
      for (const name of old) if (name.endsWith(suffix)) await disk.remove(this.#path(name))
      for (const name of old) if (name.endsWith(sideSuffix)) await disk.remove(this.#path(name))
    } catch (error) {
      log.warn(`an old snapshot in ${folder} was not removed: ${reasonOf(error)}`, { job })
    }
  }

  /** Which snapshots there are, and which side files they need. */
  async #readHeaders(): Promise<void> {
    const { disk, folder, job } = this.#options
    const names = (await disk.list(folder)).filter(name => name.endsWith(suffix) && ageOf(name)).sort(byAge)
    this.#kept = names.map(name => ({ entry: ageOf(name)![0], name, sides: {} }))
    for (const kept of this.#kept) {
      const path = this.#path(kept.name)
      try {
        const header = await readSnapshotHeader(disk, path, 'snapshot')
        if (header['job'] !== job)
          throw new MillraceError('MR421', `the snapshot ${path} is of the job '${header['job']}', not of '${job}'`)
        if (header['entry'] !== kept.entry) throw new DamagedFile(`it is that of entry ${header['entry']}`)
        const sides = header['sides'] as unknown as SideChains
        this.#kept = this.#kept.map(one => (one === kept ? { ...kept, sides } : one))
      } catch (error) {
        await this.#passOver(kept, error)
      }
    }
  }

  async #loadOne(kept: Kept): Promise<LoadedSnapshot | undefined> {
    const { disk, folder } = this.#options
    try {
      const { header, body } = await readSnapshotFile(disk, this.#path(kept.name), 'snapshot')
      const state = decoded(body)
      const sides = await readSides(disk, folder, kept.sides)
      return { entry: kept.entry, header: header['header'] as LoadedSnapshot['header'], body: state, sides }
    } catch (error) {
      await this.#passOver(kept, error)
      return undefined
    }
  }

  /** Puts a damaged snapshot aside and says what is taken instead. @throws any other error. */
  async #passOver({ entry, name }: Kept, error: unknown): Promise<void> {
    const { disk, folder, job, log } = this.#options
    const why = damage(error)
    if (why === undefined) throw error
    for (const file of error instanceof DamagedSide ? [name, error.file] : [name]) await this.#putAside(file)
    await disk.syncFolder(folder)
    this.#kept = this.#kept.filter(kept => kept.name !== name)
    const older = this.#kept.find(kept => byAge(kept.name, name) > 0)
    const line = `the snapshot ${this.#path(name)} is unreadable: ${why}; it is kept as *${corruptSuffix}`
    const fields = { code: 'MR420', job, entry }
    if (older) log.warn(`${line}, and the one before, of entry ${older.entry}, is taken`, fields)
    else log.error(`${line}, and there is none before`, fields)
  }

  async #putAside(file: string): Promise<void> {
    try {
      await this.#options.disk.rename(this.#path(file), `${this.#path(file)}${corruptSuffix}`)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }

  #path(name: string): string {
    return `${this.#options.folder}/${name}`
  }

  /** Gives the disk's errors a code. */
  async #reading<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof MillraceError) throw error
      throw new MillraceError('MR452', `the snapshots in ${this.#options.folder} cannot be read: ${reasonOf(error)}`, { cause: error })
    }
  }
}

const ageless = [Number.MAX_SAFE_INTEGER, 0] as const

/** Entry and epoch of a file; undefined where it is none of a snapshot's. */
function ageOf(name: string): readonly [entry: number, epoch: number] | undefined {
  const found = /^(\d+)(?:-(\d+))?\./.exec(name)
  return found ? [Number(found[1]), Number(found[2] ?? 0)] : undefined
}

/** Newest first; names without an age come first. */
function byAge(a: string, b: string): number {
  const [entryA, epochA] = ageOf(a) ?? ageless
  const [entryB, epochB] = ageOf(b) ?? ageless
  return entryB - entryA || epochB - epochA
}

/** What is wrong with a file; undefined where the error says nothing of its content (rights, too many open files). */
function damage(error: unknown): string | undefined {
  if (error instanceof DamagedFile) return error.message
  const code = codeOf(error)
  return code === 'ENOENT' || code === 'EIO' ? `it cannot be read: ${reasonOf(error)}` : undefined
}

function decoded(body: Uint8Array): LoadedSnapshot['body'] {
  try {
    return decodeState(body)
  } catch (error) {
    throw new DamagedFile(reasonOf(error))
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

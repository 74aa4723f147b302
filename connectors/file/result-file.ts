import { constants, type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { HeldPosition } from '../../src/connector/sink.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { Log } from '../../src/model/seams.js'
import { expectFile } from './expect-file.js'
import { holds, inodeOf, printOf } from './file-place.js'
import { type Mark, PositionSlots } from './position-slots.js'
import type { ResultText } from './result-text.js'
import { syncFolder } from './sync-folder.js'

const printBytes = 256
const numberDigits = 6
/** Bytes in which the header line of a standing file is looked for. */
const mostHeader = 65_536

/** Where results go, and how. */
export interface ResultPlace {
  readonly path: string
  /** Job and sink. */
  readonly owner: string
  readonly journal: string | undefined
  readonly rotateBytes: number
  /** 0: not by time. */
  readonly rotateMs: number
  readonly keep: number
  readonly log: Log
}

/**
 * A file of results, with its position beside it. A write is there as a whole or not at all: what a crash left behind the
 * last whole one is cut off when the file is opened again. After any error it is closed and opened anew, so that everything
 * since the last success is written again, not synced again.
 */
export class ResultFile {
  readonly #place: ResultPlace
  readonly #slots: PositionSlots
  #file: FileHandle | undefined
  #inode: string | undefined
  #mark: Mark
  /** The first line. */
  #header: string | undefined

  private constructor(place: ResultPlace, slots: PositionSlots, mark: Mark, file: FileHandle | undefined) {
    this.#place = place
    this.#slots = slots
    this.#mark = mark
    this.#file = file
  }

  /** @throws MR336 where another job or sink writes it; errors of the system */
  static async open(place: ResultPlace): Promise<ResultFile> {
    const { path, owner, journal, log } = place
    await mkdir(dirname(path), { recursive: true })
    await expectFile(path)
    const known = await PositionSlots.read(sidePath(path))
    if (known && known.owner !== owner) throw new MillraceError('MR336', `${path} holds results of ${known.owner}, and this is ${owner}`)
    // Positions of another journal say nothing: entries count from 1 in each.
    const position = journal !== undefined && known?.journal === journal ? known.position : undefined
    const number = Math.max(known?.number ?? 1, (await lastNumber(path)) + 1)
    const file = await open(path, constants.O_RDWR | constants.O_APPEND).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    try {
      const blank: Mark = { owner, journal, position, size: 0, print: { length: 0, crc: 0 }, number, period: known?.period ?? 0 }
      const mark = file ? { ...blank, ...(await cutToWhole(file, known, path, log)) } : blank
      const result = new ResultFile(place, await PositionSlots.begin(sidePath(path), mark), mark, file)
      if (file) {
        result.#inode = await inodeOf(file)
        result.#header = await headerOf(file, mark.size)
      }
      return result
    } catch (error) {
      await file?.close()
      throw error
    }
  }

  /** The last position whose rows it holds. */
  get position(): HeldPosition | undefined {
    return this.#mark.position
  }

  get size(): number {
    return this.#mark.size
  }

  /** The first line, with its break; undefined in an empty file. */
  get header(): string | undefined {
    return this.#header
  }

  /**
   * Adds rows; resolves when they and the position are on the disk.
   *
   * @param wall of the rows, ms since the epoch on the job's clock
   * @throws MR336 where another process has opened it since; MR335 where somebody moved what belongs to it
   */
  async append({ text, header }: ResultText, position: HeldPosition, wall: number): Promise<void> {
    const { rotateMs } = this.#place
    const period = rotateMs > 0 ? Math.floor(wall / rotateMs) : 0
    await this.#look()
    if (this.#isFull(period, header)) await this.#putAside()
    const isNew = this.#mark.size === 0
    const bytes = Buffer.from(isNew && header !== undefined ? header + text : text)
    const size = this.#mark.size + bytes.length
    if (bytes.length > 0) await this.#write(bytes, this.#mark.size)
    const tail = bytes.subarray(Math.max(0, bytes.length - printBytes))
    const print = bytes.length > 0 ? { length: tail.length, crc: crc32(tail) } : this.#mark.print
    await this.#note({ ...this.#mark, position, size, print, period: isNew ? period : this.#mark.period })
    if (isNew && bytes.length > 0) this.#header = bytes.toString('utf8', 0, bytes.indexOf(0x0a) + 1)
  }

  async close(): Promise<void> {
    await this.#file?.close()
    await this.#slots.close()
  }

  #isFull(period: number, header: string | undefined): boolean {
    const { size, period: own } = this.#mark
    return size > 0 && (size >= this.#place.rotateBytes || period !== own || (header !== undefined && header !== this.#header))
  }

  /** Somebody may have moved or removed the file: rows must not go to where nobody finds them. */
  async #look(): Promise<void> {
    const fate = await this.#slots.fate(sidePath(this.#place.path))
    if (fate === 'replaced') throw new MillraceError('MR336', `${this.#place.path} was opened by another process, which writes it now`)
    if (fate === 'gone') throw new MillraceError('MR335', `${sidePath(this.#place.path)} was moved or removed: it is begun anew`)
    const found = await stat(this.#place.path, { bigint: true }).catch(() => undefined)
    if (!this.#file || (found && `${found.dev}:${found.ino}` === this.#inode)) return
    this.#place.log.warn(`${this.#place.path} was moved or removed: a new one is begun`)
    await this.#leave()
    if (found) throw new MillraceError('MR335', `${this.#place.path} was replaced while it was written`)
    await this.#note({ ...this.#mark, size: 0, print: { length: 0, crc: 0 } })
  }

  async #write(bytes: Uint8Array, at: number): Promise<void> {
    const isNew = !this.#file
    this.#file ??= await this.#created()
    const file = this.#file
    await this.#expect(file, at)
    // Always at the end: whoever is stopped here and replaced adds to the rows of its successor, which cuts that off, and never
    // writes over them.
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, written, bytes.length - written)
      written += bytesWritten
    }
    await file.datasync()
    await this.#expect(file, at + bytes.length)
    if (!isNew) return
    this.#inode = await inodeOf(file)
    await syncFolder(dirname(this.#place.path))
  }

  async #created(): Promise<FileHandle> {
    try {
      const { O_RDWR, O_APPEND, O_CREAT, O_EXCL } = constants
      return await open(this.#place.path, O_RDWR | O_APPEND | O_CREAT | O_EXCL, 0o666)
    } catch (error) {
      await this.#look()
      throw error
    }
  }

  /** @throws MR336 where another process has opened it since, MR335 where it has other bytes than were written: opened anew it is cut to those */
  async #expect(file: FileHandle, size: number): Promise<void> {
    const found = (await file.stat()).size
    if (found === size) return
    await this.#look()
    throw new MillraceError('MR335', `${this.#place.path} has ${found} bytes instead of ${size}: another process wrote to it`)
  }

  async #putAside(): Promise<void> {
    const { path, keep } = this.#place
    const { number } = this.#mark
    await rename(path, numbered(path, number))
    await syncFolder(dirname(path))
    await this.#leave()
    await this.#note({ ...this.#mark, size: 0, print: { length: 0, crc: 0 }, number: number + 1 })
    for (const old of (await numbersOf(path)).filter(one => one <= number - keep)) await rm(numbered(path, old), { force: true })
  }

  async #leave(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
    this.#header = undefined
  }

  async #note(mark: Mark): Promise<void> {
    await this.#slots.write(mark)
    this.#mark = mark
  }
}

const sidePath = (path: string): string => `${path}.position`

/** `results.csv` is put aside as `results-000001.csv`. */
function numbered(path: string, number: number): string {
  const extension = extname(path)
  return join(dirname(path), `${basename(path, extension)}-${String(number).padStart(numberDigits, '0')}${extension}`)
}

/** Numbers of the files that were put aside. */
async function numbersOf(path: string): Promise<readonly number[]> {
  const extension = extname(path)
  const stem = `${basename(path, extension)}-`
  return (await readdir(dirname(path))).flatMap(name => {
    const middle = name.startsWith(stem) && name.endsWith(extension) ? name.slice(stem.length, name.length - extension.length) : ''
    return new RegExp(`^\\d{${numberDigits},}$`).test(middle) ? [Number(middle)] : []
  })
}

const lastNumber = async (path: string): Promise<number> => (await numbersOf(path)).reduce((last, number) => Math.max(last, number), 0)

/** Cuts off what was not whole when the writer ended. What others put there stays. */
async function cutToWhole(file: FileHandle, known: Mark | undefined, path: string, log: Log): Promise<Pick<Mark, 'size' | 'print'>> {
  const { size } = await file.stat()
  if (known && size >= known.size && (known.size === 0 || (await holds(file, { at: known.size, print: known.print })))) {
    if (size > known.size) {
      log.info(`${path}: ${size - known.size} bytes behind the last whole write are cut off`)
      await file.truncate(known.size)
    }
    return { size: known.size, print: known.print }
  }
  if (known) log.warn(`${path} is not as it was left: results go on behind what it holds`)
  // A line that was begun by another hand is ended before ours.
  const last = new Uint8Array(1)
  if (size > 0) await file.read(last, 0, 1, size - 1)
  if (size > 0 && last[0] !== 0x0a) await file.write('\n', size)
  const whole = (await file.stat()).size
  return { size: whole, print: await printOf(file, whole) }
}

async function headerOf(file: FileHandle, size: number): Promise<string | undefined> {
  const bytes = Buffer.alloc(Math.min(size, mostHeader))
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
  const end = bytes.subarray(0, bytesRead).indexOf(0x0a)
  return end < 0 ? undefined : bytes.toString('utf8', 0, end + 1)
}

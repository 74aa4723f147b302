import { basename, dirname, join } from 'node:path'
import type { Fence } from '../../journal/fence.js'
import type { Disk, DiskFile } from '../../model/disk.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import { readAll, writeAll } from './all-bytes.js'
import type { LetterFile } from './letter-file.js'
import { mendLetters } from './mend-letters.js'

/** When the file has grown to this, it becomes `….1.ndjson` and a new one is begun. */
const defaultRotateBytes = 64 * 2 ** 20
const copyBytes = 2 ** 20
/** Of what was damaged the first so many bytes are kept aside, and what was begun before that. */
const asideBytes = 2 ** 20

export interface DeadLetterFileOptions {
  readonly rotateBytes?: number
  /** The right to write into the folder; undefined: nobody else can have it. */
  readonly fence?: Fence | undefined
  /** Whoever wrote the file before may still be there, stopped, and go on. */
  readonly takeOver?: boolean
}

/** Dead letters on disk: one JSON object a line, appended and synced in groups; at most twice 64 MiB and one group. */
export class DeadLetterFile implements LetterFile {
  readonly #disk: Disk
  readonly #path: string
  readonly #rotateBytes: number
  readonly #fence: Fence | undefined
  readonly #shared: boolean
  #file: DiskFile | undefined
  /** Bytes of whole lines; what lies behind them was torn off by a crash or a full disk. Undefined: not looked at yet. */
  #size: number | undefined

  constructor(disk: Disk, path: string, { rotateBytes = defaultRotateBytes, fence, takeOver = false }: DeadLetterFileOptions = {}) {
    this.#disk = disk
    this.#path = path
    this.#rotateBytes = rotateBytes
    this.#fence = fence
    this.#shared = takeOver && fence !== undefined
  }

  async append(lines: string): Promise<void> {
    let [file, size] = await this.#opened()
    if (size >= this.#rotateBytes) {
      await this.#rotate()
      ;[file, size] = await this.#opened()
    }
    const bytes = new TextEncoder().encode(lines)
    await writeAll(file, bytes, size)
    await file.sync()
    this.#size = size + bytes.length
  }

  async open(): Promise<void> {
    if (!this.#fence) return
    try {
      if (this.#shared) await this.#replace(this.#fence)
      else await this.#synced()
    } catch (error) {
      if (error instanceof MillraceError) throw error
      throw new MillraceError('MR423', `${this.#path} cannot be taken over: ${(error as Error).message}`, { cause: error })
    }
  }

  async tail(bytes: number): Promise<readonly string[]> {
    const { whole, torn } = await this.#linesOf(this.#path, bytes)
    // Just after a rotation the last letters are in the older file.
    const last = whole.length > 0 ? whole : (await this.#linesOf(this.#rotated, bytes)).whole
    return torn === '' ? last : [...last, torn]
  }

  async #linesOf(path: string, bytes: number): Promise<{ readonly whole: readonly string[]; readonly torn: string }> {
    const file = await existing(this.#disk, path, 'read')
    if (!file) return { whole: [], torn: '' }
    try {
      const size = await file.size()
      // A letter alone may be longer.
      for (let span = bytes; ; span *= 4) {
        const from = Math.max(0, size - span)
        const lines = new TextDecoder().decode(await readAll(file, from, size)).split('\n')
        const torn = lines.pop()!
        // The first line is cut unless the file begins there.
        const whole = lines.slice(from === 0 ? 0 : 1)
        if (whole.length > 0 || from === 0) return { whole, torn }
      }
    } finally {
      await file.close()
    }
  }

  /** The file and the bytes of its whole lines. What an attempt before left behind them is cut off. */
  async #opened(): Promise<readonly [DiskFile, number]> {
    if (this.#file && this.#size !== undefined) return [this.#file, this.#size]
    const folder = dirname(this.#path)
    await this.#disk.makeFolder(folder)
    const known = await existing(this.#disk, this.#path, 'write')
    const file = known ?? (await this.#disk.create(this.#path))
    try {
      // In this order: what was opened before somebody took the folder over is a file that is no longer read.
      await this.#fence?.confirm()
      const size = this.#size ?? (await mendLetters(file, bytes => this.#putAside(bytes)))
      await file.truncate(size)
      // Its name is as lasting as its lines from the start.
      if (!known) await this.#disk.syncFolder(folder)
      this.#file = file
      this.#size = size
      return [file, size]
    } catch (error) {
      await file.close()
      throw error
    }
  }

  get #rotated(): string {
    return this.#path.replace(/\.ndjson$/, '.1.ndjson')
  }

  /** What a process that was killed had written, and not synced, can be read and still be lost with the power. */
  async #synced(): Promise<void> {
    // What cannot be opened cannot be read either, and `tail` says why.
    const file = await this.#disk.open(this.#path, 'write').catch(() => undefined)
    if (!file) return
    try {
      await file.sync()
    } finally {
      await file.close()
    }
    await this.#disk.syncFolder(dirname(this.#path))
  }

  /** Puts a copy in the place of the file: what a process that was replaced has open is then no longer read. */
  async #replace(fence: Fence): Promise<void> {
    const folder = dirname(this.#path)
    const copies = `${basename(this.#path)}.epoch-`
    const copy = `${this.#path}.epoch-${fence.epoch}`
    // A copy that the one before us was making must not come to this place any more.
    for (const name of await this.#disk.list(folder)) if (name.startsWith(copies)) await this.#disk.remove(join(folder, name))
    const from = await existing(this.#disk, this.#path, 'read')
    if (!from) return
    try {
      await copied(from, await this.#disk.create(copy))
    } finally {
      await from.close()
    }
    await fence.confirm()
    await this.#disk.rename(copy, this.#path)
    await this.#disk.syncFolder(folder)
  }

  async #rotate(): Promise<void> {
    await this.close()
    await this.#fence?.confirm()
    await this.#disk.rename(this.#path, this.#rotated)
    this.#size = undefined
  }

  async #putAside(bytes: Uint8Array): Promise<void> {
    const path = `${this.#path}.corrupt`
    const file = (await existing(this.#disk, path, 'write')) ?? (await this.#disk.create(path))
    try {
      const size = await file.size()
      if (size >= asideBytes) return
      await writeAll(file, bytes, size)
      await file.sync()
    } finally {
      await file.close()
    }
    await this.#disk.syncFolder(dirname(path))
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }
}

async function existing(disk: Disk, path: string, how: 'read' | 'write'): Promise<DiskFile | undefined> {
  try {
    return await disk.open(path, how)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function copied(from: DiskFile, to: DiskFile): Promise<void> {
  try {
    const size = await from.size()
    for (let at = 0; at < size; at += copyBytes) await writeAll(to, await readAll(from, at, Math.min(size, at + copyBytes)), at)
    await to.sync()
  } finally {
    await to.close()
  }
}

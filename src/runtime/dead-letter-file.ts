import { dirname } from 'node:path'
import type { Disk, DiskFile } from '../model/disk.js'
import type { LetterFile } from './dead-letter-store.js'

/** When the file has grown to this, it becomes `….1.ndjson` and a new one is begun. */
const rotateBytes = 64 * 2 ** 20
const newline = 0x0a
const blockBytes = 65_536

/** Dead letters on disk: one JSON object a line, appended and synced in groups; at most twice 64 MiB. */
export class DeadLetterFile implements LetterFile {
  readonly #disk: Disk
  readonly #path: string
  #file: DiskFile | undefined
  /** Bytes of whole lines; what lies behind them was torn off by a crash or a full disk. */
  #size = 0

  constructor(disk: Disk, path: string) {
    this.#disk = disk
    this.#path = path
  }

  async append(lines: string): Promise<void> {
    this.#file ??= await this.#open()
    await writeAll(this.#file, new TextEncoder().encode(lines), this.#size)
    await this.#file.sync()
    this.#size += Buffer.byteLength(lines)
    if (this.#size >= rotateBytes) await this.#rotate()
  }

  async tail(bytes: number): Promise<readonly string[]> {
    const lines = await this.#linesOf(this.#path, bytes)
    // Just after a rotation the last letters are in the older file.
    return lines.length > 0 ? lines : await this.#linesOf(this.#rotated, bytes)
  }

  async #linesOf(path: string, bytes: number): Promise<readonly string[]> {
    const file = await existing(this.#disk, path, 'read')
    if (!file) return []
    try {
      const size = await file.size()
      const from = Math.max(0, size - bytes)
      const lines = new TextDecoder().decode(await readAll(file, from, size)).split('\n')
      // The first line is cut unless the file begins there, the last is torn or empty.
      return lines.slice(from === 0 ? 0 : 1, -1)
    } finally {
      await file.close()
    }
  }

  /** A torn end is cut off. */
  async #open(): Promise<DiskFile> {
    const folder = dirname(this.#path)
    await this.#disk.makeFolder(folder)
    const known = await existing(this.#disk, this.#path, 'write')
    const file = known ?? (await this.#disk.create(this.#path))
    try {
      this.#size = await wholeLines(file)
      await file.truncate(this.#size)
      // Its name is as lasting as its lines from the start.
      if (!known) await this.#disk.syncFolder(folder)
      return file
    } catch (error) {
      await file.close()
      throw error
    }
  }

  get #rotated(): string {
    return this.#path.replace(/\.ndjson$/, '.1.ndjson')
  }

  async #rotate(): Promise<void> {
    await this.close()
    await this.#disk.rename(this.#path, this.#rotated)
    await this.#disk.syncFolder(dirname(this.#path))
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

async function writeAll(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += await file.write(bytes.subarray(at), position + at)
}

async function readAll(file: DiskFile, from: number, to: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(to - from)
  let at = 0
  while (at < bytes.length) {
    const read = await file.read(bytes.subarray(at), from + at)
    if (read === 0) break
    at += read
  }
  return bytes.subarray(0, at)
}

/** Bytes up to the end of the last whole line. */
async function wholeLines(file: DiskFile): Promise<number> {
  for (let end = await file.size(); end > 0; ) {
    const from = Math.max(0, end - blockBytes)
    const at = (await readAll(file, from, end)).lastIndexOf(newline)
    if (at >= 0) return from + at + 1
    end = from
  }
  return 0
}

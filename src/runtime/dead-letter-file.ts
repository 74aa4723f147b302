import { type FileHandle, mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LetterFile } from './dead-letter-store.js'

/** When the file has grown to this, it becomes `….1.ndjson` and a new one is begun. */
const rotateBytes = 64 * 2 ** 20
const newline = 0x0a

/** Dead letters on disk: one JSON object a line, appended and synced in groups; at most twice 64 MiB. */
export class DeadLetterFile implements LetterFile {
  readonly #path: string
  #handle: FileHandle | undefined
  /** Bytes of whole lines; what lies behind them was torn off by a crash or a full disk. */
  #size = 0

  constructor(path: string) {
    this.#path = path
  }

  async append(lines: string): Promise<void> {
    this.#handle ??= await this.#open()
    const handle = this.#handle
    const bytes = Buffer.from(lines)
    for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at, this.#size + at)).bytesWritten
    await handle.datasync()
    this.#size += bytes.length
    if (this.#size >= rotateBytes) await this.#rotate()
  }

  async tail(bytes: number): Promise<readonly string[]> {
    let handle: FileHandle
    try {
      handle = await open(this.#path, 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
    try {
      const { size } = await handle.stat()
      const from = Math.max(0, size - bytes)
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from)
      const lines = buffer.toString('utf8', 0, bytesRead).split('\n')
      // The first line is cut unless the file begins there, the last is torn or empty.
      return lines.slice(from === 0 ? 0 : 1, -1)
    } finally {
      await handle.close()
    }
  }

  /** Not in append mode: a torn end is written over. */
  async #open(): Promise<FileHandle> {
    await mkdir(dirname(this.#path), { recursive: true })
    const handle = await open(this.#path, 'r+').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return open(this.#path, 'wx+')
    })
    try {
      this.#size = await wholeLines(handle)
      await handle.truncate(this.#size)
      return handle
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  async #rotate(): Promise<void> {
    await this.close()
    await rename(this.#path, this.#path.replace(/\.ndjson$/, '.1.ndjson'))
  }

  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }
}

/** Bytes up to the end of the last whole line. */
async function wholeLines(handle: FileHandle): Promise<number> {
  const block = Buffer.alloc(65_536)
  for (let end = (await handle.stat()).size; end > 0; ) {
    const from = Math.max(0, end - block.length)
    const { bytesRead } = await handle.read(block, 0, end - from, from)
    const at = block.lastIndexOf(newline, bytesRead - 1)
    if (at >= 0 && bytesRead > 0) return from + at + 1
    end = from
  }
  return 0
}

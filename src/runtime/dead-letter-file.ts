import { type FileHandle, mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** When the file has grown to this, it becomes `….1.ndjson` and a new one is begun. */
const rotateBytes = 64 * 2 ** 20

/** Dead letters on disk: one JSON object a line, appended and synced in groups; at most twice 64 MiB. */
export class DeadLetterFile {
  readonly #path: string
  #handle: FileHandle | undefined
  #size = 0

  constructor(path: string) {
    this.#path = path
  }

  /** Resolves when the lines are on the disk. */
  async append(lines: string): Promise<void> {
    this.#handle ??= await this.#open()
    await this.#handle.appendFile(lines)
    await this.#handle.datasync()
    this.#size += Buffer.byteLength(lines)
    if (this.#size >= rotateBytes) await this.#rotate()
  }

  async #open(): Promise<FileHandle> {
    await mkdir(dirname(this.#path), { recursive: true })
    const handle = await open(this.#path, 'a')
    this.#size = (await handle.stat()).size
    return handle
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

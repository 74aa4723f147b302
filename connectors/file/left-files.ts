import { stat } from 'node:fs/promises'
import type { Log } from '../../src/model/seams.js'
import type { FilePlace } from './file-place.js'
import type { SourceFile } from './source-file.js'

/** Files that are remembered, at most. */
const mostFiles = 64
/** Ms between two looks at them. */
const lookMs = 2_000

/** Files that were read to their ends and left for the next: what somebody adds to them is not read, which must not go unsaid. */
export class LeftFiles {
  readonly #log: Log
  #left: { readonly place: FilePlace; readonly isPacked: boolean }[] = []
  readonly #grown = new Set<string>()
  #looked = Number.NEGATIVE_INFINITY

  constructor(log: Log) {
    this.#log = log
  }

  /** Where the last ones ended, the newest last. */
  get places(): readonly FilePlace[] {
    return this.#left.map(({ place }) => place)
  }

  add({ place, isPacked }: SourceFile): void {
    this.#left = [...this.#left, { place, isPacked }].slice(-mostFiles)
  }

  /** Says once of each that it has grown: MR338. Looks every few seconds; `now` is in ms, +Infinity: at once. */
  async look(now: number): Promise<void> {
    if (now - this.#looked < lookMs) return
    this.#looked = now
    for (const { place, isPacked } of this.#left) {
      const { file, inode, at, line } = place
      // A place in what was unpacked says nothing of the length of the file.
      if (isPacked || this.#grown.has(inode)) continue
      const found = await stat(file, { bigint: true }).catch(() => undefined)
      if (!found || `${found.dev}:${found.ino}` !== inode || found.size <= at) continue
      this.#grown.add(inode)
      const bytes = (Number(found.size) - at).toLocaleString('en')
      this.#log.warn(`${file} has grown by ${bytes} bytes after it was read to line ${line.toLocaleString('en')}: they are not read`, {
        code: 'MR338',
      })
    }
  }
}

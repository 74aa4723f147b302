import { stat } from 'node:fs/promises'
import type { Log } from '../../src/model/seams.js'
import type { FilePlace } from './file-place.js'

/** Files that are remembered, at most. */
const mostFiles = 64
/** Ms between two looks at them. */
const lookMs = 2_000

/** Files that were read to their ends and left for the next: what somebody adds to them is not read, which must not go unsaid. */
export class LeftFiles {
  readonly #log: Log
  #places: FilePlace[] = []
  readonly #grown = new Set<string>()
  #looked = Number.NEGATIVE_INFINITY

  constructor(log: Log) {
    this.#log = log
  }

  /** Where the last ones ended, the newest last. */
  get places(): readonly FilePlace[] {
    return this.#places
  }

  add(place: FilePlace): void {
    this.#places = [...this.#places, place].slice(-mostFiles)
  }

  /** Says once of each that it has grown: MR338. Looks every few seconds; `now` is in ms, +Infinity: at once. */
  async look(now: number): Promise<void> {
    if (now - this.#looked < lookMs) return
    this.#looked = now
    for (const { file, inode, at, line } of this.#places) {
      if (this.#grown.has(inode)) continue
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

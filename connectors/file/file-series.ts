import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** A file beside others. */
export interface Neighbour {
  readonly path: string
  readonly inode: string
  /** When it was last written, µs since the epoch. */
  readonly changed: number
}

/** Files by a path whose last part may hold `*`, which stands for any characters; hidden files are left out. */
export class FileSeries {
  readonly path: string
  readonly #folder: string
  readonly #pattern: RegExp | undefined

  constructor(path: string) {
    this.path = path
    this.#folder = dirname(path)
    const name = basename(path)
    this.#pattern = name.includes('*')
      ? new RegExp(`^${name.startsWith('*') ? '(?!\\.)' : ''}${name.split('*').map(escaped).join('.*')}$`, 's')
      : undefined
  }

  /** The path stands for several files. */
  get isPattern(): boolean {
    return this.#pattern !== undefined
  }

  /**
   * The file of a path; of a pattern, the first behind a name, in the order of their names by code unit. Undefined where there
   * is no further one.
   */
  async after(path: string | undefined): Promise<string | undefined> {
    if (!this.#pattern) return path === undefined ? this.path : undefined
    const before = path === undefined ? '' : basename(path)
    let next: string | undefined
    for (const name of await this.#names()) {
      if (name > before && (next === undefined || name < next) && this.#pattern.test(name)) next = name
    }
    return next === undefined ? undefined : join(this.#folder, next)
  }

  /** Where a file of the series lies now, by the path that it had. */
  pathOf(former: string): string {
    return this.#pattern ? join(this.#folder, basename(former)) : this.path
  }

  /** What tells the files of the folder apart; for finding one that was renamed. */
  async neighbours(): Promise<readonly Neighbour[]> {
    const found: Neighbour[] = []
    // One after the other: the folder may be large.
    for (const name of await this.#names()) {
      const path = join(this.#folder, name)
      const it = await stat(path, { bigint: true }).catch(() => undefined)
      if (it?.isFile()) found.push({ path, inode: `${it.dev}:${it.ino}`, changed: Number(it.mtimeNs / 1_000n) })
    }
    return found
  }

  async #names(): Promise<readonly string[]> {
    try {
      return await readdir(this.#folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

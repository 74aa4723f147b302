import { type FSWatcher, watch } from 'chokidar'
import { systemTime } from '../runtime/seams/system-time.js'

/** Ms after the last of several saves: an editor that writes many files, or one in pieces, makes one change.
 * Longer than the 50 ms for which chokidar tells no second change of a file, so that the last save is always seen. */
const quietMs = 60

const source = /\.(?:[cm]?[jt]sx?|json)$/

/**
 * Tells which source files in some folders were made, changed or removed; folders in them are not looked into. A folder
 * that is not there yet is told of when it comes.
 */
export class SourceWatcher {
  readonly #watcher: FSWatcher
  readonly #changed: (files: readonly string[]) => void
  readonly #files = new Set<string>()
  #folders = new Set<string>()
  #cancel: (() => void) | undefined

  /** `changed` gets absolute paths, each once for a burst of saves. */
  constructor(changed: (files: readonly string[]) => void) {
    this.#changed = changed
    this.#watcher = watch([], { ignoreInitial: true, depth: 0, ignored: (path, stats) => stats?.isFile() === true && !source.test(path) })
    this.#watcher.on('all', (event, path) => {
      const came = event === 'addDir' && this.#folders.has(path)
      if (came) this.#watcher.add(path)
      if (came || source.test(path)) this.#note(path)
    })
  }

  /** From now on these folders. */
  follow(folders: Iterable<string>): void {
    const wanted = new Set(folders)
    this.#watcher.add([...wanted].filter(folder => !this.#folders.has(folder)))
    this.#watcher.unwatch([...this.#folders].filter(folder => !wanted.has(folder)))
    this.#folders = wanted
  }

  /** Resolves once changes are seen. */
  async ready(): Promise<void> {
    await new Promise<void>(resolve => this.#watcher.once('ready', () => resolve()))
  }

  async close(): Promise<void> {
    this.#cancel?.()
    await this.#watcher.close()
  }

  #note(path: string): void {
    this.#files.add(path)
    this.#cancel?.()
    this.#cancel = systemTime.after(quietMs, () => {
      const files = [...this.#files]
      this.#files.clear()
      this.#changed(files)
    })
  }
}

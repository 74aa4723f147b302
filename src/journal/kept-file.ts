import type { Disk } from '../model/disk.js'
import type { KeptBytes } from '../model/kept-bytes.js'
import type { Fence } from './fence.js'
import { readSnapshotFile, writeSnapshotFile } from './snapshot-file.js'

export interface KeptFileOptions {
  readonly disk: Disk
  /** The job's data folder, which exists. */
  readonly folder: string
  readonly name: string
  readonly job: string
  /** The right to write into the folder, as it is at that moment. */
  readonly fence: () => Fence
}

/**
 * A small file beside the journal, in the form of side files, written anew as a whole: the new one is durable before it
 * takes the place of the old one.
 *
 * @throws by `load` DamagedFile, MR451; by `save` MR440 where another process has the folder now; the disk's errors.
 */
export class KeptFile implements KeptBytes {
  readonly #options: KeptFileOptions

  constructor(options: KeptFileOptions) {
    this.#options = options
  }

  async load(): Promise<Uint8Array | undefined> {
    try {
      return (await readSnapshotFile(this.#options.disk, this.#path, 'side')).body
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  async save(bytes: Uint8Array): Promise<void> {
    const { disk, folder, job, name, fence } = this.#options
    const part = `${this.#path}.new`
    await disk.remove(part)
    await writeSnapshotFile(disk, part, 'side', { job, name }, [bytes])
    await fence().confirm()
    await disk.rename(part, this.#path)
    await disk.syncFolder(folder)
  }

  get #path(): string {
    return `${this.#options.folder}/${this.#options.name}`
  }
}

import type { Disk, DiskFile } from '../model/disk.js'

type Operation = keyof Disk | keyof DiskFile

const failure = (code: string, path: string) => Object.assign(new Error(`${code}: ${path}`), { code })

/** Files in memory whose bytes a test may alter, and whose operations may be made to fail. */
export class SnapshotDisk implements Disk {
  readonly files = new Map<string, Uint8Array>()
  /** What was done, in order: `sync x.snapshot.new`. */
  readonly done: string[] = []
  /** Called before each operation; may throw. */
  before: (operation: Operation, path: string) => void = () => undefined
  /** Bytes that one write takes at most. */
  writes = Number.POSITIVE_INFINITY

  #do(operation: Operation, path: string): void {
    this.before(operation, path)
    this.done.push(`${operation} ${path.slice(path.lastIndexOf('/') + 1)}`)
  }

  async makeFolder(path: string): Promise<void> {
    this.#do('makeFolder', path)
  }

  async list(folder: string): Promise<readonly string[]> {
    this.#do('list', folder)
    return [...this.files.keys()]
      .filter(path => path.startsWith(`${folder}/`))
      .map(path => path.slice(folder.length + 1))
      .sort()
  }

  async exists(path: string): Promise<boolean> {
    this.#do('exists', path)
    return this.files.has(path)
  }

  async create(path: string): Promise<DiskFile> {
    this.#do('create', path)
    if (this.files.has(path)) throw failure('EEXIST', path)
    this.files.set(path, new Uint8Array(0))
    return this.#file(path)
  }

  async open(path: string): Promise<DiskFile> {
    this.#do('open', path)
    if (!this.files.has(path)) throw failure('ENOENT', path)
    return this.#file(path)
  }

  async rename(from: string, to: string): Promise<void> {
    this.#do('rename', from)
    const bytes = this.files.get(from)
    if (!bytes) throw failure('ENOENT', from)
    this.files.delete(from)
    this.files.set(to, bytes)
  }

  async remove(path: string): Promise<void> {
    this.#do('remove', path)
    this.files.delete(path)
  }

  async syncFolder(path: string): Promise<void> {
    this.#do('syncFolder', path)
  }

  #file(path: string): DiskFile {
    const content = () => this.files.get(path) ?? new Uint8Array(0)
    return {
      write: async (bytes, position) => {
        this.#do('write', path)
        const part = bytes.subarray(0, this.writes)
        const old = content()
        const grown = new Uint8Array(Math.max(old.length, position + part.length))
        grown.set(old)
        grown.set(part, position)
        this.files.set(path, grown)
        return part.length
      },
      read: async (into, position) => {
        this.#do('read', path)
        const part = content().subarray(position, position + into.length)
        into.set(part)
        return part.length
      },
      sync: async () => this.#do('sync', path),
      size: async () => content().length,
      truncate: async length => void this.files.set(path, content().slice(0, length)),
      close: async () => this.#do('close', path),
    }
  }
}

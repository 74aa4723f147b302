import type { Disk, DiskFile } from '../model/disk.js'

/** Files in memory, for tests. What was written is there at once; `sync` does nothing unless a test makes it fail. */
export interface MemoryDisk extends Disk {
  /** By path; to be looked at, altered or removed at will. */
  readonly files: Map<string, Uint8Array>
  /** An independent disk with the same files. */
  copy(): MemoryDisk
  /** Called before each write; may throw, or give fewer bytes to be taken. */
  onWrite: (path: string, bytes: number) => number
  onSync: (path: string) => void
}

const failure = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code })

export function memoryDisk(files: ReadonlyMap<string, Uint8Array> = new Map()): MemoryDisk {
  const held = new Map([...files].map(([path, bytes]) => [path, bytes.slice()]))
  const disk: MemoryDisk = {
    files: held,
    copy: () => memoryDisk(held),
    onWrite: (_path, bytes) => bytes,
    onSync: () => {},
    makeFolder: async () => {},
    list: async folder =>
      [...held.keys()]
        .filter(path => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/'))
        .map(path => path.slice(folder.length + 1))
        .sort(),
    async create(path) {
      if (held.has(path)) throw failure('EEXIST', path)
      held.set(path, new Uint8Array(0))
      return fileAt(path)
    },
    async open(path) {
      if (!held.has(path)) throw failure('ENOENT', path)
      return fileAt(path)
    },
    async rename(from, to) {
      const bytes = held.get(from)
      if (!bytes) throw failure('ENOENT', from)
      held.delete(from)
      held.set(to, bytes)
    },
    async remove(path) {
      held.delete(path)
    },
    syncFolder: async path => disk.onSync(path),
  }
  const bytesAt = (path: string): Uint8Array => held.get(path) ?? new Uint8Array(0)
  const fileAt = (path: string): DiskFile => ({
    async write(bytes, position) {
      const taken = bytes.subarray(0, disk.onWrite(path, bytes.length))
      const before = bytesAt(path)
      const after = new Uint8Array(Math.max(before.length, position + taken.length))
      after.set(before)
      after.set(taken, position)
      held.set(path, after)
      return taken.length
    },
    async read(into, position) {
      const bytes = bytesAt(path).subarray(position, position + into.length)
      into.set(bytes)
      return bytes.length
    },
    sync: async () => disk.onSync(path),
    size: async () => bytesAt(path).length,
    async truncate(length) {
      const cut = new Uint8Array(length)
      cut.set(bytesAt(path).subarray(0, length))
      held.set(path, cut)
    },
    close: async () => {},
  })
  return disk
}

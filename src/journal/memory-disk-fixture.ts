import type { Disk, DiskFile } from '../model/disk.js'

const sectorBytes = 512

/** Files in memory, for tests. What was written is there at once, but survives a power loss only when it was synced. */
export interface MemoryDisk extends Disk {
  /** By path; to be looked at, altered or removed at will. */
  readonly files: Map<string, Uint8Array>
  /** An independent disk with the same files, all of them synced. */
  copy(): MemoryDisk
  /** What is left when the power fails now: of what was not synced any sectors, as `survives` says. */
  afterPowerLoss(survives: () => boolean): MemoryDisk
  /** Called before each write; may throw, or give fewer bytes to be taken. */
  onWrite: (path: string, bytes: number) => number
  onSync: (path: string) => void
}

const failure = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code })

export function memoryDisk(files: ReadonlyMap<string, Uint8Array> = new Map()): MemoryDisk {
  const held = new Map([...files].map(([path, bytes]) => [path, bytes.slice()]))
  /** As it was at the last sync. */
  const synced = new Map([...files].map(([path, bytes]) => [path, bytes.slice()]))
  const disk: MemoryDisk = {
    files: held,
    copy: () => memoryDisk(held),
    afterPowerLoss: survives =>
      memoryDisk(new Map([...held].map(([path, bytes]) => [path, survivingPart(bytes, synced.get(path), survives)]))),
    onWrite: (_path, bytes) => bytes,
    onSync: () => {},
    makeFolder: async () => {},
    list: async folder =>
      [...held.keys()]
        .filter(path => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/'))
        .map(path => path.slice(folder.length + 1))
        .sort(),
    exists: async path => held.has(path),
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
      synced.set(to, synced.get(from) ?? new Uint8Array(0))
      synced.delete(from)
    },
    async remove(path) {
      held.delete(path)
      synced.delete(path)
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
    async sync() {
      disk.onSync(path)
      synced.set(path, bytesAt(path).slice())
    },
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

function survivingPart(now: Uint8Array, before: Uint8Array = new Uint8Array(0), survives: () => boolean): Uint8Array {
  // The length may have reached the disk without what was written there: zeros.
  const left = new Uint8Array(survives() ? now.length : before.length)
  left.set(before.subarray(0, left.length))
  for (let at = 0; at < left.length; at += sectorBytes)
    if (survives()) left.set(now.subarray(at, Math.min(at + sectorBytes, left.length)), at)
  return left
}

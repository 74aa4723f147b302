import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Disk, DiskFile } from '../model/disk.js'

/** The machine's files: positions are explicit, and every call runs in Node's thread pool, off the main thread. */
export const systemDisk: Disk = {
  async makeFolder(path) {
    const first = await mkdir(path, { recursive: true })
    if (first === undefined) return
    // A synced file in a folder that its parent has lost is lost as well.
    for (let made = resolve(path); ; made = dirname(made)) {
      await systemDisk.syncFolder(dirname(made))
      if (made === resolve(first) || made === dirname(made)) return
    }
  },
  async list(folder) {
    try {
      return (await readdir(folder)).sort()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  },
  create: async path => fileOf(await open(path, 'wx+')),
  open: async (path, how) => fileOf(await open(path, how === 'read' ? 'r' : 'r+')),
  rename,
  remove: path => rm(path, { force: true }),
  async syncFolder(path) {
    // Windows opens no folders; there a rename is durable with the file system's own journal.
    if (process.platform === 'win32') return
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  },
}

const fileOf = (handle: FileHandle): DiskFile => ({
  write: async (bytes, position) => (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
  read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
  sync: () => handle.datasync(),
  size: async () => (await handle.stat()).size,
  truncate: length => handle.truncate(length),
  close: () => handle.close(),
})

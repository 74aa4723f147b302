import { readdirSync, statSync, writeSync } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Disk, DiskFile } from '../../model/disk.js'

/** Up to this size a copy into the system's memory takes less time than a way through the thread pool and back. */
const smallWrite = 2 ** 16

/**
 * The machine's files: positions are explicit, and whatever may wait for the disk runs in Node's thread pool, off the main
 * thread. Names of a folder and small writes are a matter of the system's memory: they are done at once, which spares each
 * result of a journaled job two turns of the event loop, and lets nothing come between a look at the epoch and what follows.
 */
export const systemDisk: Disk = {
  async makeFolder(path) {
    // What lies there are messages as they came, and code that a recovery runs: nobody else's to read or to change.
    const first = await mkdir(path, { recursive: true, mode: 0o700 })
    if (first === undefined) return
    // A synced file in a folder that its parent has lost is lost as well.
    for (let made = resolve(path); ; made = dirname(made)) {
      await systemDisk.syncFolder(dirname(made))
      if (made === resolve(first) || made === dirname(made)) return
    }
  },
  async list(folder) {
    try {
      return readdirSync(folder).sort()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  },
  exists: async path => statSync(path, { throwIfNoEntry: false }) !== undefined,
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
  write: async (bytes, position) =>
    bytes.length <= smallWrite
      ? writeSync(handle.fd, bytes, 0, bytes.length, position)
      : (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
  read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
  sync: () => handle.datasync(),
  size: async () => (await handle.stat()).size,
  truncate: length => handle.truncate(length),
  close: () => handle.close(),
})

import type { Disk, DiskFile } from '../../../src/model/disk.js'

/** A disk whose files are changed as they are opened or created. */
export function wrapFiles(disk: Disk, wrap: (path: string, file: DiskFile) => DiskFile): Disk {
  return {
    ...disk,
    create: async path => wrap(path, await disk.create(path)),
    open: async (path, how) => wrap(path, await disk.open(path, how)),
  }
}

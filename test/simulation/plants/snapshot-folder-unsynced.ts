import type { Plant } from '../plant.js'

/** A snapshot is taken for durable while its name is not, and the journal behind it is removed. */
export const snapshotFolderUnsynced: Plant = {
  name: 'snapshot-folder-unsynced',
  what: 'the folder of the snapshots is not synced after the rename',
  disk: disk => ({ ...disk, syncFolder: async path => (path.endsWith('/snapshots') ? undefined : disk.syncFolder(path)) }),
}

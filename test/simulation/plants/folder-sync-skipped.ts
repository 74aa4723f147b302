import type { Plant } from '../plant.js'

/** New segments and snapshots have no durable name. */
export const folderSyncSkipped: Plant = {
  name: 'folder-sync-skipped',
  what: 'the folders of journal and snapshots are not synced after a file was created or renamed',
  disk: disk => ({ ...disk, syncFolder: async path => (/journal|snapshots/.test(path) ? undefined : disk.syncFolder(path)) }),
}

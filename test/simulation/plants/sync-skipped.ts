import type { Plant } from '../plant.js'
import { wrapFiles } from './wrap-files.js'

/** The journal's files are never synced. */
export const syncSkipped: Plant = {
  name: 'sync-skipped',
  what: 'fdatasync of a journal segment does nothing',
  disk: disk => wrapFiles(disk, (path, file) => (path.includes('/journal/') ? { ...file, sync: async () => undefined } : file)),
}

import type { Plant } from '../plant.js'
import { wrapFiles } from './wrap-files.js'

/** The dead-letter file counts as written before it is on the disk. */
export const lettersUnsynced: Plant = {
  name: 'letters-unsynced',
  what: 'dead letters are appended and never synced',
  disk: disk => wrapFiles(disk, (path, file) => (path.endsWith('.ndjson') ? { ...file, sync: async () => undefined } : file)),
}

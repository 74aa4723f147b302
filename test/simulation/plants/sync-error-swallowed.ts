import type { Plant } from '../plant.js'
import { wrapFiles } from './wrap-files.js'

/** A sync that failed counts as one that succeeded. */
export const syncErrorSwallowed: Plant = {
  name: 'sync-error-swallowed',
  what: 'errors of fdatasync are ignored',
  disk: disk => wrapFiles(disk, (_path, file) => ({ ...file, sync: () => file.sync().catch(() => undefined) })),
}

import type { Plant } from '../plant.js'
import { wrapFiles } from './wrap-files.js'

/** A write that took a part of its bytes counts as whole. */
export const shortWriteBelieved: Plant = {
  name: 'short-write-believed',
  what: 'the number of bytes that a write took is not looked at',
  disk: disk =>
    wrapFiles(disk, (_path, file) => ({
      ...file,
      async write(bytes, position) {
        await file.write(bytes, position)
        return bytes.length
      },
    })),
}

import { constants, type Stats } from 'node:fs'

/** Flags to open what is to be read: without the second the opening of a pipe that nobody writes to holds a thread up for ever. */
export const forReading = constants.O_RDONLY | constants.O_NONBLOCK

/** What stands in place of a file, such as `a folder`; undefined: it is a file. */
export function otherThanFile(found: Stats): string | undefined {
  if (found.isFile()) return undefined
  if (found.isDirectory()) return 'a folder'
  return found.isFIFO() ? 'a pipe' : found.isSocket() ? 'a socket' : 'a device'
}

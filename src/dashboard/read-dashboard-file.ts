import { open } from 'node:fs/promises'
import { MillraceError } from '../model/errors/millrace-error.js'
import { type DashboardReading, mostDashboardBytes, readDashboard } from './read-dashboard.js'

/** The text of a definition file, and what it says. */
export interface DashboardFile {
  readonly text: string
  readonly reading: DashboardReading
}

/** Reads a definition file, at most `mostDashboardBytes` of it; gives MR532 where it cannot be read whole. */
export async function readDashboardFile(path: string): Promise<DashboardFile | MillraceError> {
  try {
    const file = await open(path)
    try {
      // One byte more than allowed tells a file that is too large, also one that grows meanwhile.
      const buffer = Buffer.alloc(mostDashboardBytes + 1)
      let size = 0
      for (;;) {
        const { bytesRead } = await file.read(buffer, size, buffer.length - size, null)
        size += bytesRead
        if (bytesRead === 0 || size === buffer.length) break
      }
      if (size > mostDashboardBytes) return new MillraceError('MR532', `${path} is larger than 256 KiB`)
      // Some editors begin a file with a mark of its byte order.
      const text = buffer.toString('utf8', 0, size).replace(/^\uFEFF/, '')
      return { text, reading: readDashboard(text, path) }
    } finally {
      await file.close()
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    return new MillraceError('MR532', `${path} cannot be read: ${code}`, { cause })
  }
}

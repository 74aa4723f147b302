import type { ChunkEntry } from '../../journal/journal.js'

/** What the log says of an entry that a graceful stop did not wait for. */
export function leftHalfDone({ entry, source, chunk }: ChunkEntry, isKept: boolean): string {
  const what = `entry ${entry}, ${chunk.length.toLocaleString('en')} messages of '${source}', was left half done`
  return `${what}: ${isKept ? 'the next start takes it in from the journal' : 'its source sends it again'}`
}

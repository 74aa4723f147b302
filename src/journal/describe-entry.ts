import { instantText } from '../model/instant-text.js'
import type { Json } from '../model/json.js'
import type { JournalEntry, JournalNote } from './journal.js'

/**
 * An entry as plain facts, a line of JSON each in `millrace journal cat`: its kind and number, source, clocks, and how many
 * messages of how many bytes, but not the messages.
 *
 * @example
 * JSON.stringify(describeEntry(entry)) // {"entry":12,"kind":"tick","sources":["readings"],"wall":"2026-01-01T00:00:00.000Z",…}
 */
export function describeEntry(item: JournalEntry | JournalNote): { readonly [key: string]: Json } {
  switch (item.kind) {
    case 'chunk': {
      const { entry, kind, source, clock, chunk, retryOf, slice } = item
      const { partition, encoding, length, bytes, position, presettled } = chunk
      return {
        entry,
        kind,
        source,
        partition,
        ...clockFacts(clock),
        encoding,
        messages: length,
        bytes: bytes.length,
        ...(presettled !== undefined && { presettled }),
        ...(position !== undefined && { position }),
        ...(retryOf !== undefined && { retryOf }),
        ...(slice !== undefined && { slice }),
      }
    }
    case 'reference': {
      const { entry, kind, source, partition, clock, length, reference } = item
      return { entry, kind, source, partition, ...clockFacts(clock), messages: length, reference }
    }
    case 'time': {
      const { entry, what, sources, wall, stream, partitions } = item
      return { entry, kind: what, sources, wall: instantText(wall), stream, partitions: Object.fromEntries(partitions) }
    }
    case 'acknowledged':
      return {
        kind: item.kind,
        sink: item.sink,
        entry: item.position.entry,
        ordinal: item.position.ordinal,
        ...(item.rows !== undefined && { rows: item.rows }),
      }
    case 'bundle':
      return {
        kind: item.kind,
        bundle: item.bundle,
        plan: item.plan,
        ...(item.semantics && { semantics: item.semantics }),
        ...(item.release !== undefined && { release: item.release }),
      }
  }
}

const clockFacts = ({ wall, stream, partition }: { readonly wall: number; readonly stream: number; readonly partition: number }) => ({
  wall: instantText(wall),
  stream,
  partitionClock: partition,
})

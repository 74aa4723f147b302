import type { JournalEntry } from '../../journal/journal.js'
import { Origins } from '../flow/origins.js'

/**
 * The numbers that source partitions had when the journal was written. They were given in the order in which partitions
 * came, and never twice; so those of a snapshot hold for all entries before it, too.
 */
export class ReplayOrigins {
  readonly #numbers: Origins

  /** `saved` are those of a snapshot; empty where the journal begins at entry 1. */
  constructor(saved: Readonly<Record<string, number>> = {}) {
    this.#numbers = new Origins(saved)
  }

  /** The partitions that the graph knew when this entry went through it, by name; an earlier entry named the others. */
  of(entry: JournalEntry): Readonly<Record<string, number>> {
    if (entry.kind !== 'time') {
      const partition = entry.kind === 'chunk' ? entry.chunk.partition : entry.partition
      return { [`${entry.source}#${partition}`]: this.#numbers.of(entry.source, partition) }
    }
    if (entry.what === 'hello') for (const source of entry.sources) this.#numbers.of(source, 0)
    return Object.fromEntries(Object.entries(this.#numbers.state()).filter(([, origin]) => entry.partitions.has(origin)))
  }
}

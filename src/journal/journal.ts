import type { Chunk } from '../model/chunk.js'
import type { SegmentInfo } from './segment-log.js'

/** The clock readings of an entry; see `Clock`. `partition` is that of the chunk's own partition. */
export interface EntryClock {
  readonly wall: number
  readonly stream: number
  readonly partition: number
}

/** One chunk of one source partition. `chunk.receipt` is 0 when it is read back. */
export interface ChunkEntry {
  readonly kind: 'chunk'
  readonly entry: number
  readonly source: string
  readonly clock: EntryClock
  readonly chunk: Chunk
  /** The dead letter whose message this is, taken in again: it is no duplicate of itself. */
  readonly retryOf?: string
  /** Rows that go through the graph at once, at most, and messages that a converter takes at once: told where results depend on it. */
  readonly slice?: number
}

/** A chunk of a source that is a log itself: where it lies there. `open` of the source's log gives it again. */
export interface ReferenceEntry {
  readonly kind: 'reference'
  readonly entry: number
  readonly source: string
  readonly partition: number
  readonly clock: EntryClock
  readonly length: number
  /** In the words of the source, such as offsets `from…to`. */
  readonly reference: string
}

/** Time alone, to all known partitions of the sources named. */
export interface TimeEntry {
  readonly kind: 'time'
  readonly entry: number
  /** A source's first word, a tick, or its end: watermarks −∞, just below the clock, +∞. */
  readonly what: 'hello' | 'tick' | 'end'
  readonly sources: readonly string[]
  readonly wall: number
  readonly stream: number
  /** Clock of each partition, by its origin number. */
  readonly partitions: ReadonlyMap<number, number>
}

/** What goes through the graph, and numbers what follows from it. Numbers are consecutive from 1. */
export type JournalEntry = ChunkEntry | ReferenceEntry | TimeEntry

/** A sink has acknowledged the output at this position, and all before it. */
export interface AcknowledgedNote {
  readonly kind: 'acknowledged'
  readonly sink: string
  /** The entry that caused it, and how many rows of that entry for this sink came before it. */
  readonly position: { readonly entry: number; readonly ordinal: number }
  /** Its rows. Absent in what releases up to 0.1.0 wrote. */
  readonly rows?: number
}

/** From the next entry on this bundle of the job processes the journal. */
export interface BundleNote {
  readonly kind: 'bundle'
  /** Hash of the job's bundle and of its plan; the bundle itself lies in `bundles/`. */
  readonly bundle: string
  readonly plan: string
  /** What the release that wrote the note computes, by name; see `semanticVersions`. */
  readonly semantics?: { readonly [what: string]: number }
  /** That release, where its process said so. */
  readonly release?: string
}

/** Beside the entries: no input, and without a number. */
export type JournalNote = AcknowledgedNote | BundleNote

/** The durable input of one job. Opened at the end of what earlier epochs left. */
export interface Journal {
  /** Number of the last entry appended, by this epoch or an earlier one; 0: none. */
  readonly last: number
  /** All entries up to this one are on the disk, and this process was the owner of the folder after that. */
  readonly durable: number
  /** Sources must wait: see `SegmentLog`. */
  readonly full: boolean
  readonly failing: string | undefined
  /** Bytes on disk. */
  readonly bytes: number
  /** Takes an entry, whose number is `last + 1`; its chunk is copied. Never blocks. @throws once the journal is given up. */
  append(entry: JournalEntry): void
  /** Takes a note; calls back when it is durable. */
  note(note: JournalNote, onDurable?: () => void): void
  /** Entries after `after` and the notes among and behind them, in order. A chunk is valid until the next step. @throws MR442, MR443 */
  read(after: number): AsyncIterable<JournalEntry | JournalNote>
  /** Removes segments that neither recovery (entries above `needed`) nor retention needs. */
  retain(needed: number): Promise<void>
  segments(): readonly SegmentInfo[]
  /** Resolves when all that was appended is durable. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Size and age to which a journal is kept beyond what recovery needs, and how it is written. */
export interface JournalTuning {
  /** Default 1 GiB. */
  readonly retentionBytes: number
  /** Default 24 h. */
  readonly retentionMs: number
  /** Default 64 MiB. */
  readonly segmentBytes: number
  /** Default 8 MiB. */
  readonly bufferBytes: number
  /** Real ms of work through the graph after which a snapshot is taken: what a recovery would have to repeat. Default 2,000. */
  readonly snapshotCostMs: number
  /** Entries after which a snapshot is taken in any case; default +Infinity. */
  readonly snapshotEntries: number
}

export const defaultTuning: JournalTuning = {
  retentionBytes: 2 ** 30,
  retentionMs: 24 * 3_600_000,
  segmentBytes: 64 * 2 ** 20,
  bufferBytes: 8 * 2 ** 20,
  snapshotCostMs: 2_000,
  snapshotEntries: Number.POSITIVE_INFINITY,
}

import type { Reached } from '../model/crash-point.js'
import type { Disk } from '../model/disk.js'
import type { MillraceError } from '../model/errors/millrace-error.js'
import type { Json } from '../model/json.js'
import type { Fence } from './fence.js'
import type { RecordBuffer } from './record-buffer.js'
import type { Segment } from './segment-chain.js'

/** The end of a log as opening found it. */
export interface LogEnd {
  /** Complete ones, but for the newest of an earlier epoch, which `last` and `durable` end. */
  readonly segments: readonly Segment[]
  readonly shadowed: readonly string[]
  readonly last: number
  readonly durable: number
  /** Records above `durable`, as the segment to be begun holds them. */
  readonly copy: RecordBuffer
  /** Ms since the epoch; the checksums of the copy begin with it. */
  readonly opened: number
}

/** What an attempt to open a log leaves to the next one with the same fence. */
export interface KeptEnd {
  found?: LogEnd
}

/** Where a log lies and how it is written. */
export interface SegmentLogOptions {
  readonly disk: Disk
  /** Holds nothing else. Made if absent. */
  readonly folder: string
  readonly fence: Fence
  /** Filled by opening: tried again with it and the same fence, where there was no space, it reads no record again. */
  readonly end?: KeptEnd
  /** Kept in the header of each segment, for readers. */
  readonly header: { readonly [key: string]: Json }
  /** Bytes after which a segment is closed and the next one begun. */
  readonly segmentBytes: number
  /** Ms after which it is closed too: what is written rarely must not stay for as long as it takes to fill one. Default +Infinity. */
  readonly segmentMs?: number
  /** Bytes that may wait to be written and synced before `full`. */
  readonly bufferBytes: number
  /** Ms since the epoch, for the time of a segment. */
  readonly now: () => number
  /** Calls back once after some ms of real time; the result cancels. For trying again on a full disk. */
  readonly after: (ms: number, callback: () => void) => () => void
  readonly reached: Reached
  /** `durable` rose. */
  readonly onDurable: () => void
  /** The log is given up: fenced, or a sync failed. Nothing more becomes durable. */
  readonly onFailure: (error: MillraceError) => void
  /** The newest segment ended with something that a crash left half-written: `record` and what follows were never durable. */
  readonly onTorn?: (torn: { readonly segment: string; readonly record: number; readonly bytes: number }) => void
  /** A segment was begun, whose first record is this one. */
  readonly onSegment?: (segment: { readonly name: string; readonly first: number }) => void
}

export interface LogRecord {
  /** 1, 2, 3 … over the whole life of the folder. */
  readonly number: number
  /** Valid until the next record is asked for. */
  readonly bytes: Uint8Array
}

export interface SegmentInfo {
  readonly name: string
  readonly epoch: number
  /** Number of its first record; `last` is first − 1 where it holds none. */
  readonly first: number
  readonly last: number
  readonly bytes: number
  /** When it was begun, ms since the epoch. */
  readonly began: number
}

/**
 * An append-only log of records in segment files, with a CRC a record and group commit: what was appended while one
 * `fdatasync` ran is written and synced by the next. Each epoch writes files of its own only. Used by the jobs' journal
 * and by the durable queues of the embedded node.
 */
export interface SegmentLog {
  /** Of the last record that was appended. */
  readonly last: number
  /** All records up to this one are on the disk, and the epoch was still ours after that. */
  readonly durable: number
  /** More waits than `bufferBytes`, or the disk takes nothing at present: whoever appends should pause. */
  readonly full: boolean
  /** Why nothing can be written at present (disk full); it is tried again with pauses. */
  readonly failing: string | undefined
  /** Copies the parts, as one record, into the write buffer. Never blocks. @throws the failure, once the log is given up. */
  append(...parts: readonly Uint8Array[]): number
  /** Records after `after`, in order, up to the last that was durable when the log was opened or has become so. @throws MR442 for a damaged one. */
  read(after: number): AsyncIterable<LogRecord>
  segments(): readonly SegmentInfo[]
  /**
   * Removes the oldest segments that hold no record above `needed`, while all together hold more than `bytes`, or while
   * their last record is older than `ms`.
   */
  retain(rule: { readonly needed: number; readonly bytes: number; readonly ms: number }): Promise<void>
  /** Resolves when all that was appended is durable. @throws the failure. */
  flush(): Promise<void>
  /** Writes what waits, if it can, and closes the files. */
  close(): Promise<void>
}

import type { Reached } from '../model/crash-point.js'
import type { Disk } from '../model/disk.js'
import type { MillraceError } from '../model/errors/millrace-error.js'
import type { Log } from '../model/seams.js'
import { entryNumber } from './decode-entry.js'
import { EntryEncoder } from './encode-entry.js'
import type { Fence } from './fence.js'
import type { Journal, JournalEntry, JournalNote, JournalTuning } from './journal.js'
import { openSegmentLog } from './open-segment-log.js'
import { readEntries } from './read-entries.js'
import type { KeptEnd, SegmentInfo, SegmentLog } from './segment-log.js'

/** What the journal of a job is opened with. */
export interface JournalOptions {
  readonly disk: Disk
  /** `journal` in the job's data folder. */
  readonly folder: string
  readonly job: string
  readonly fence: Fence
  /** See `SegmentLogOptions`. */
  readonly end?: KeptEnd
  readonly tuning: JournalTuning
  readonly now: () => number
  readonly after: (ms: number, callback: () => void) => () => void
  readonly log: Log
  readonly reached: Reached
  readonly onDurable: () => void
  readonly onFailure: (error: MillraceError) => void
}

/**
 * Opens the journal of a job at the end of what earlier epochs left. The fence has to be raised before.
 *
 * @throws MR440, MR442, MR443, MR445: see `openSegmentLog`.
 *
 * @example
 * const journal = await openJournal({ disk, folder: 'data/rooms/journal', job: 'rooms', fence, tuning: defaultTuning, ... })
 * journal.append({ kind: 'chunk', entry: journal.last + 1, source: 'readings', clock, chunk })
 * await journal.flush()
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { disk, folder, job, fence, end, tuning, now, after, reached, onFailure } = options
  const opened: { journal?: SegmentJournal } = {}
  const log = await openSegmentLog({
    disk,
    folder,
    fence,
    ...(end && { end }),
    header: { kind: 'journal', job },
    segmentBytes: tuning.segmentBytes,
    segmentMs: tuning.retentionMs / 4,
    bufferBytes: tuning.bufferBytes,
    now,
    after,
    reached,
    onFailure,
    onDurable: () => opened.journal?.rise(),
    onSegment: segment => opened.journal?.begun(segment),
    onTorn: torn => options.log.info('a crash left a part of the journal half-written: it was never settled', { job, ...torn }),
  })
  try {
    opened.journal = new SegmentJournal(options, log, await readBefore(log))
    return opened.journal
  } catch (error) {
    await log.close()
    throw error
  }
}

/** The number of the last entry before each segment, and behind the last of them. */
interface Before {
  readonly segments: Map<string, number>
  readonly last: number
}

async function readBefore(log: SegmentLog): Promise<Before> {
  const segments = new Map<string, number>()
  const all = log.segments()
  let last = 0
  const newest = all.findLast(segment => segment.last >= segment.first)
  if (newest) for await (const { bytes } of log.read(newest.first - 1)) last = entryNumber(bytes).entry
  for (const segment of all) {
    segments.set(segment.name, last)
    if (segment.last < segment.first) continue
    for await (const { bytes } of log.read(segment.first - 1)) {
      segments.set(segment.name, entryNumber(bytes).before)
      break
    }
  }
  return { segments, last }
}

/** A note that is not yet durable, by the number of its record. */
interface PendingNote {
  readonly record: number
  readonly onDurable: (() => void) | undefined
}

/** See `Journal`: a segment log whose records are entries, which are numbered, and notes, which are not. */
class SegmentJournal implements Journal {
  readonly #options: JournalOptions
  readonly #log: SegmentLog
  readonly #encoder = new EntryEncoder()
  readonly #before: Map<string, number>
  #last: number
  #durable: number
  /** Records that are no entries, before those that are pending. */
  #notes: number
  #pending: PendingNote[] = []

  constructor(options: JournalOptions, log: SegmentLog, before: Before) {
    this.#options = options
    this.#log = log
    this.#before = before.segments
    this.#last = before.last
    this.#durable = before.last
    this.#notes = log.last - before.last
  }

  get last(): number {
    return this.#last
  }

  get durable(): number {
    return this.#durable
  }

  get full(): boolean {
    return this.#log.full
  }

  get failing(): string | undefined {
    return this.#log.failing
  }

  get bytes(): number {
    return this.#log.segments().reduce((sum, { bytes }) => sum + bytes, 0)
  }

  append(entry: JournalEntry): void {
    const number = this.#last + 1
    if (entry.entry !== number) throw new RangeError(`entry ${entry.entry} cannot follow entry ${this.#last}`)
    this.#log.append(...this.#encoder.encode(entry, number))
    this.#last = number
  }

  note(note: JournalNote, onDurable?: () => void): void {
    const record = this.#log.append(...this.#encoder.encode(note, this.#last))
    this.#pending.push({ record, onDurable })
  }

  read(after: number): AsyncIterable<JournalEntry | JournalNote> {
    const segments = this.#log.segments()
    const from = segments.findLast(({ name }) => this.#entriesBefore(name) < after) ?? segments[0]
    if (!from) return readEntries(this.#log.read(this.#log.last), after, after)
    return readEntries(this.#log.read(from.first - 1), this.#entriesBefore(from.name), after)
  }

  async retain(needed: number): Promise<void> {
    const { retentionBytes: bytes, retentionMs: ms } = this.#options.tuning
    // The newest segment before which not all that is needed lies: those before it are not needed.
    const oldest = this.#log.segments().findLast(({ name }) => this.#entriesBefore(name) < needed)
    if (oldest) await this.#log.retain({ needed: oldest.first - 1, bytes, ms })
    const names = new Set(this.#log.segments().map(({ name }) => name))
    for (const name of this.#before.keys()) if (!names.has(name)) this.#before.delete(name)
  }

  segments(): readonly SegmentInfo[] {
    const all = this.#log.segments()
    return all.map((segment, i) => {
      const next = all[i + 1]
      return { ...segment, first: this.#entriesBefore(segment.name) + 1, last: next ? this.#entriesBefore(next.name) : this.#durable }
    })
  }

  flush(): Promise<void> {
    return this.#log.flush()
  }

  close(): Promise<void> {
    return this.#log.close()
  }

  /** More records are durable. */
  rise(): void {
    const { durable } = this.#log
    let count = 0
    while (count < this.#pending.length && this.#pending[count]!.record <= durable) count++
    const notes = this.#pending.splice(0, count)
    this.#notes += count
    this.#durable = durable - this.#notes
    for (const { onDurable } of notes) onDurable?.()
    this.#options.onDurable()
  }

  begun({ name, first }: { readonly name: string; readonly first: number }): void {
    const notes = this.#pending.filter(({ record }) => record < first).length
    this.#before.set(name, first - 1 - this.#notes - notes)
  }

  #entriesBefore(segment: string): number {
    return this.#before.get(segment) ?? this.#last
  }
}

import type { SegmentLog } from '../journal/segment-log.js'
import { encodeAddress, encodeAttempts, encodeIds } from './catalogue-records.js'
import type { Kept } from './kept.js'
import { encodeMessageHead } from './message-record.js'
import { Place, Places } from './places.js'
import { Stored } from './stored.js'

/** What the record of a message costs beyond its bytes, about. */
const RECORD_BYTES = 64
/** Bytes copied at a time, so that new messages need not wait long. */
const STEP = 1024 * 1024
/** A catalogue costs at most this part of what is written. */
const CATALOGUE_PART = 8

/**
 * Keeps the log short. Addresses and duplicate ids are written again from time to time (a catalogue), so that segments
 * whose messages are all gone are removed without another word, even on a full disk. Where old messages pin segments, and
 * the log has become twice what it holds, they are copied to its end.
 */
export class Compaction {
  readonly #log: SegmentLog
  readonly #kept: ReadonlyMap<number, Kept>
  readonly #segmentBytes: number
  readonly #places = new Places()
  /** Bytes of records that are needed. */
  #living = 0
  /** The newest catalogue: its records, its size, and the bytes appended to the log when it was begun. */
  #catalogue = { first: 0, last: 0, bytes: 0, at: 0 }
  /** First record of the newest catalogue that is on the disk. */
  #durableFrom = 0
  #moving: Stored[] = []
  #movedTo = 0
  #removing = false

  constructor(log: SegmentLog, kept: ReadonlyMap<number, Kept>, segmentBytes: number, messages: Iterable<Stored>) {
    this.#log = log
    this.#kept = kept
    this.#segmentBytes = segmentBytes
    for (const stored of [...messages].sort((a, b) => a.record - b.record)) this.add(stored)
    this.#writeCatalogue(0)
  }

  /** A message with the newest record. */
  add(stored: Stored): void {
    this.#places.append(stored)
    this.#living += stored.message.bytes.length + RECORD_BYTES
  }

  /** Nobody needs it any more. */
  remove(stored: Stored): void {
    this.#places.remove(stored)
    if (stored.moved) this.#places.remove(stored.moved)
    stored.moved = undefined
    this.#living -= stored.message.bytes.length + RECORD_BYTES
  }

  /** More is durable; `appended` bytes went into the log since it was opened. */
  advance(appended: number): void {
    const { durable } = this.#log
    if (durable >= this.#catalogue.last) this.#durableFrom = this.#catalogue.first
    if (this.#moving.length > 0 && durable >= this.#movedTo) this.#settleMoves()
    this.trim()
    if (this.#log.full) return
    const catalogueBytes = this.#catalogue.bytes
    if (appended - this.#catalogue.at > Math.max(this.#segmentBytes / 2, CATALOGUE_PART * catalogueBytes)) this.#writeCatalogue(appended)
    const segments = this.#log.segments()
    const bytes = segments.reduce((sum, one) => sum + one.bytes, 0)
    const bound = 2 * (this.#living + catalogueBytes) + 3 * this.#segmentBytes
    if (segments.length > 1 && bytes > bound) this.#copy(segments[0]!.last)
  }

  /** Removes segments that nothing needs. Writes nothing, so a full disk gets room by it. */
  trim(): void {
    const { oldest } = this.#places
    const needed = Math.min(oldest?.record ?? Number.POSITIVE_INFINITY, this.#durableFrom) - 1
    const segments = this.#log.segments()
    if (this.#removing || segments.length < 2 || segments[0]!.last > needed) return
    this.#removing = true
    const ended = (): void => {
      this.#removing = false
    }
    // What could not be removed now is removed the next time.
    this.#log.retain({ needed, bytes: 0, ms: 0 }).then(ended, ended)
  }

  #writeCatalogue(at: number): void {
    const first = this.#log.last + 1
    let bytes = 0
    const write = (record: Buffer): void => {
      bytes += record.length
      this.#log.append(record)
    }
    for (const kept of this.#kept.values()) {
      write(encodeAddress(kept))
      if (kept.ids.size > 0) write(encodeIds(kept.number, kept.ids))
    }
    this.#catalogue = { first, last: this.#log.last, bytes, at }
  }

  /** Copies messages of the oldest segment to the end. They stay where they are, too, until the copies are on the disk. */
  #copy(limit: number): void {
    if (this.#moving.length > 0) return
    let bytes = 0
    for (let place = this.#places.oldest; place && place.record <= limit && bytes < STEP; place = place.newer) {
      if (!(place instanceof Stored)) continue
      const { message, seq, arrived, holders, attempts } = place
      place.moved = new Place(this.#log.append(encodeMessageHead(message.format, seq, arrived, holders, 0, undefined), message.bytes))
      for (const [queue, one] of attempts ?? []) this.#log.append(encodeAttempts(queue, seq, one))
      this.#places.append(place.moved)
      this.#moving.push(place)
      bytes += message.bytes.length + RECORD_BYTES
    }
    this.#movedTo = this.#log.last
  }

  #settleMoves(): void {
    for (const stored of this.#moving) {
      if (!stored.moved) continue
      this.#places.replace(stored, stored.moved)
      stored.moved = undefined
    }
    this.#moving = []
  }
}

import type { SegmentLog } from '../journal/segment-log.js'
import type { MillraceError } from '../model/errors/millrace-error.js'
import type { Log, TimeSource } from '../model/seams.js'
import type { Producer } from './address.js'
import { encodeAddress, encodeAttempts, encodeForgotten, encodeId } from './catalogue-records.js'
import { Compaction } from './compaction.js'
import { Kept } from './kept.js'
import type { Message } from './message.js'
import { encodeMessageHead } from './message-record.js'
import { ACCEPTED } from './outcome.js'
import { PairBatch } from './pair-batch.js'
import { PendingOutcomes } from './pending-outcomes.js'
import type { StoreContents } from './read-store.js'
import { type KeptAddress, RecordKind } from './store-record.js'
import { type Attempts, Stored } from './stored.js'

/** Above this multiple of the log's buffer nothing durable is taken, whatever credit was lent. */
const OVERRUN = 4

export interface QueueStoreOptions {
  readonly segmentBytes: number
  readonly bufferBytes: number
  readonly time: TimeSource
  readonly log: Log
}

/** How often it is looked whether the disk takes what waits. */
const WATCH_MS = 1000

/** A queue that waits for what it holds to become durable. */
export interface Waiting {
  wake(): void
}

/**
 * The durable messages of all queues, in one log: a message is one record, whoever lets it go appends a pair, and what is
 * accepted or delivered waits until its record is on the disk.
 */
export class QueueStore {
  readonly #log: SegmentLog
  readonly #options: QueueStoreOptions
  readonly #kept: Map<number, Kept>
  readonly #compaction: Compaction
  readonly #pending = new PendingOutcomes()
  readonly #done = new PairBatch(RecordKind.done, record => this.#appendPairs(record))
  readonly #acquired = new PairBatch(RecordKind.acquired, record => this.#appendPairs(record))
  readonly #read = new Set<Kept>()
  #waiting = new Set<Waiting>()
  #nextNumber: number
  #onRoom: () => void = () => {}
  /** A sender was told to wait for the disk. */
  #blocked = false
  #ended = false
  #failure: MillraceError | undefined
  #appended = 0
  /** Bytes appended up to a record, to tell later how many still wait. */
  #marked = { record: 0, bytes: 0 }
  #written = 0
  /** Somebody looks from time to time whether the disk still takes what waits. */
  #watched = false
  #unwatch: () => void = () => {}
  #warned = false

  constructor(log: SegmentLog, contents: StoreContents, options: QueueStoreOptions) {
    this.#log = log
    this.#options = options
    this.#kept = new Map(contents.kept)
    this.#nextNumber = Math.max(0, ...this.#kept.keys()) + 1
    this.#compaction = new Compaction(log, this.#kept, options.segmentBytes, contents.messages.values())
  }

  /** Up to this record all is on the disk. */
  get durable(): number {
    return this.#log.durable
  }

  /** Senders wait for the disk. */
  get full(): boolean {
    if (!this.#log.full) return false
    this.#blocked = true
    return true
  }

  /** Why nothing can be written, at present or any more. */
  get failing(): string | undefined {
    return this.#failure?.message ?? this.#log.failing
  }

  /** So much waits for the disk that nothing more is taken. */
  get overrun(): boolean {
    return this.#appended - this.#written > OVERRUN * this.#options.bufferBytes
  }

  get bytes(): number {
    return this.#log.segments().reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Calls back when senders that were told to wait may go on. */
  onRoom(listener: () => void): void {
    this.#onRoom = listener
  }

  /** Remembers an address from now on. */
  remember(address: KeptAddress): Kept {
    const kept = new Kept(this.#nextNumber++, address)
    this.#kept.set(kept.number, kept)
    this.#append(encodeAddress(kept))
    return kept
  }

  /** The address is gone; its queue has let go of its messages. */
  forget(kept: Kept): void {
    if (this.#kept.delete(kept.number)) this.#append(encodeForgotten(kept.number))
  }

  /** Appends a message for the queues with these numbers. `id` is remembered by the address of that number. */
  put(message: Message, holders: readonly number[], address: number, id: string | undefined): Stored {
    const arrived = message.ttl === undefined ? 0 : this.#options.time.wall()
    const record = this.#append(encodeMessageHead(message.format, 0, arrived, holders, address, id), message.bytes)
    const stored = new Stored(record, record, message, arrived, holders)
    this.#compaction.add(stored)
    return stored
  }

  /** Appends an id alone; gives its record. */
  putId(kept: Kept, id: string): number {
    return this.#append(encodeId(kept.number, id))
  }

  /** Accepts a delivery once this record is on the disk. */
  settle(record: number, producer: Producer, delivery: number): void {
    if (record <= this.#log.durable) producer.settle(delivery, ACCEPTED)
    else if (delivery >= 0) this.#pending.add(record, producer, delivery)
  }

  /** A queue lets a message go. */
  done(queue: number, stored: Stored): void {
    if (!stored.holders.includes(queue)) return
    stored.holders = stored.holders.filter(holder => holder !== queue)
    this.#done.add(queue, stored.seq)
    if (stored.holders.length > 0) return
    this.#compaction.remove(stored)
    if (this.#log.failing !== undefined) this.#compaction.trim()
  }

  /** A message goes to a receiver, which may see it. */
  acquired(kept: Kept, seq: number): void {
    if (seq <= kept.acquired) return
    kept.acquired = seq
    if (this.#read.size === 0) queueMicrotask(() => this.#tellAcquired())
    this.#read.add(kept)
  }

  attempts(queue: number, stored: Stored, attempts: Attempts): void {
    stored.attempts ??= new Map()
    stored.attempts.set(queue, attempts)
    this.#append(encodeAttempts(queue, stored.seq, attempts))
  }

  /** Wakes the queue when more is durable. */
  wake(queue: Waiting): void {
    this.#waiting.add(queue)
  }

  /** The log's call: more is durable. */
  advance(): void {
    const { durable } = this.#log
    if (durable >= this.#marked.record) {
      this.#written = this.#marked.bytes
      this.#marked = { record: this.#log.last, bytes: this.#appended }
    }
    this.#pending.release(durable)
    const waiting = this.#waiting
    this.#waiting = new Set()
    for (const queue of waiting) queue.wake()
    if (this.#blocked && !this.#log.full) {
      this.#blocked = false
      this.#onRoom()
    }
    if (!this.#ended) this.#compaction.advance(this.#appended)
  }

  /** Resolves when all is on the disk, or after `ms`. */
  async settled(ms: number): Promise<void> {
    if (this.#ended) return
    this.#flushPairs()
    let cancel = (): void => {}
    const late = new Promise<void>(resolve => {
      cancel = this.#options.time.after(ms, resolve)
    })
    // What fails here has been told by the log itself.
    await Promise.race([this.#log.flush().catch(() => {}), late])
    cancel()
  }

  /** The log is given up: nothing more is written. */
  fail(error: MillraceError): void {
    this.#failure = error
    this.#ended = true
    this.#unwatch()
  }

  /** Nothing may be taken any more. */
  async close(): Promise<void> {
    if (!this.#ended) this.#flushPairs()
    this.#ended = true
    this.#unwatch()
    await this.#log.close()
  }

  #flushPairs(): void {
    this.#tellAcquired()
    this.#done.flush()
    this.#acquired.flush()
  }

  #tellAcquired(): void {
    for (const kept of this.#read) this.#acquired.add(kept.number, kept.acquired)
    this.#read.clear()
    this.#acquired.flush()
  }

  #watch(): void {
    this.#watched = true
    const { log, time } = this.#options
    this.#unwatch = time.after(WATCH_MS, () => {
      const { failing, durable, last } = this.#log
      if (failing !== undefined && !this.#warned)
        log.warn('the disk takes nothing: senders of the AMQP node wait, receivers go on', { code: 'MR445', reason: failing })
      else if (failing === undefined && this.#warned) log.info('the disk takes what the AMQP node stores again')
      this.#warned = failing !== undefined
      this.#watched = false
      if (durable < last || this.#warned) this.#watch()
    })
  }

  /** Links that end late tell nothing that recovery needs. */
  #appendPairs(record: Buffer): void {
    if (!this.#ended) this.#append(record)
  }

  #append(...parts: readonly Uint8Array[]): number {
    for (const part of parts) this.#appended += part.length
    if (!this.#watched) this.#watch()
    return this.#log.append(...parts)
  }
}

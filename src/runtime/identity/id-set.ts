import type { Chunk } from '../../model/chunk.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { State } from '../../model/state.js'
import { checksum64 } from './checksum-64.js'
import { hash128 } from './hash-128.js'
import { IdGeneration, recordBytes, recordWords } from './id-generation.js'
import type { MessageIdentity } from './message-identity.js'

/** Messages that are remembered at least, or … */
export const defaultIds = 1_000_000
/** … for at least so many ms of the stream clock, whichever is over first. */
export const defaultIdMs = 600_000

/** Words of hashes whose slots are read ahead at a time: what they touch stays well within a processor's cache. */
const touchedWords = 256 * recordWords

/** What is known of a chunk's ids. */
export interface Judged {
  /** 1 where the message is a duplicate; undefined where none is. */
  readonly omit: Uint8Array | undefined
  readonly duplicates: number
  readonly reused: number
}

export interface IdSetOptions {
  /** Key of the hashes; from the random source, kept in the snapshot. */
  readonly key: number
  readonly ids?: number
  readonly ms?: number
}

/** What a snapshot keeps of the set. */
export interface IdCapture {
  /** All but the ids. */
  readonly state: State
  /** Records of ids since the last capture that was saved: 16 bytes of the id's hash, 8 of its message's checksum. */
  readonly side: Uint8Array
  /** The journal entry of the oldest id that is still remembered: what was captured before it is needed no more. */
  readonly from: number
}

type SavedGeneration = { readonly began: number; readonly entry: number; readonly count: number } | null
type SavedIds = { readonly key: number; readonly current: SavedGeneration; readonly previous: SavedGeneration }

/**
 * The ids of messages that were processed, bounded. A message whose id and bare message are both known, of one source, is
 * a duplicate: a redelivery. One with a known id and another bare message is processed and counted as `reused`, for
 * devices use counters as ids. The bare message holds whatever names a producer (user-id, group-id, the device's own
 * fields), so two producers with one counter do not hide each other's messages, in whatever order these come again.
 * (Two that send the very same bytes under the same id cannot be told apart from a redelivery.)
 *
 * Each judgement is a function of the messages and stream clocks judged before, and of nothing else: a set that was
 * restored judges as the one that was captured.
 */
export class IdSet {
  readonly #ids: number
  readonly #ms: number
  #key: number
  #current: IdGeneration | undefined
  #previous: IdGeneration | undefined
  /** Ids that were remembered before those of `#current`. */
  #before = 0
  /** Counts of all ids ever remembered at the last capture, and at the last that was saved. */
  #captured = 0
  #saved = 0
  /** Of the messages of a chunk that have ids: their hashes, and which they are. */
  #hashes = new Uint32Array(0)
  #messages = new Int32Array(0)
  #bytes: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(this.#bytes.buffer)

  constructor(options: IdSetOptions) {
    this.#key = options.key
    this.#ids = options.ids ?? defaultIds
    this.#ms = options.ms ?? defaultIdMs
  }

  get size(): number {
    return (this.#current?.count ?? 0) + (this.#previous?.count ?? 0)
  }

  /** Judges the messages of a chunk, in order, and remembers them. `stream` is the job's stream clock, `entry` the chunk's. */
  judge(source: string, identity: MessageIdentity, chunk: Chunk, stream: number, entry: number): Judged {
    const end = this.#hashed(source, identity, chunk)
    let omit: Uint8Array | undefined
    let duplicates = 0
    let reused = 0
    for (let at = 0, i = 0; at < end; at += recordWords, i++) {
      if (at % touchedWords === 0) this.#touch(at, Math.min(end, at + touchedWords))
      const seen = this.#remember(this.#rotated(stream, entry), at)
      if (seen === 'duplicate') {
        omit ??= new Uint8Array(chunk.length)
        omit[this.#messages[i]!] = 1
        duplicates++
      } else if (seen === 'reused') reused++
    }
    return { omit, duplicates, reused }
  }

  /** Hashes the ids and bare messages of a chunk; gives the end of the hashes. */
  #hashed(source: string, identity: MessageIdentity, chunk: Chunk): number {
    if (this.#messages.length < chunk.length) {
      this.#messages = new Int32Array(2 * chunk.length)
      this.#hashes = new Uint32Array(2 * chunk.length * recordWords)
    }
    const key = sourceKey(source, this.#key)
    let count = 0
    for (let i = 0; i < chunk.length; i++) {
      if (!identity.locate(chunk, i)) continue
      const view = this.#viewOf(identity.bytes)
      hash128(view, identity.start, identity.end, key, this.#hashes, count * recordWords)
      checksum64(view, identity.bareStart, identity.bareEnd, key, this.#hashes, count * recordWords + 4)
      this.#messages[count++] = i
    }
    return count * recordWords
  }

  #touch(from: number, to: number): void {
    this.#current?.touch(this.#hashes, from, to)
    this.#previous?.touch(this.#hashes, from, to)
  }

  #viewOf(bytes: Uint8Array): DataView {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    return this.#view
  }

  #remember(current: IdGeneration, at: number) {
    const now = current.find(this.#hashes, at)
    if (now === 'duplicate') return now
    const before = this.#previous?.find(this.#hashes, at) ?? 'new'
    current.add(this.#hashes, at)
    return before === 'new' ? now : before
  }

  /** Each generation lives for the whole bound, so an id is remembered for one bound at least and two at most. */
  #rotated(stream: number, entry: number): IdGeneration {
    const current = this.#current
    if (current && current.count < this.#ids && stream - current.began < this.#ms) return current
    if (current) {
      this.#before += current.count
      // Nothing came for so long that the older one is out of date as well.
      this.#previous = stream - current.began < 2 * this.#ms ? current : undefined
    }
    this.#current = new IdGeneration(stream, entry, this.#ids, current?.count)
    return this.#current
  }

  /** Forgets all: the state that they guarded is gone. */
  clear(): void {
    this.#before += this.#current?.count ?? 0
    this.#current = undefined
    this.#previous = undefined
  }

  /** Copies what changed since the last capture that was saved. */
  snapshot(): IdCapture {
    const current = this.#current
    const previous = this.#previous
    const end = this.#before + (current?.count ?? 0)
    const start = Math.max(this.#saved, this.#before - (previous?.count ?? 0))
    const records = new Uint32Array((end - start) * recordWords)
    previous?.copy(Math.max(0, start - this.#before + previous.count), records)
    current?.copy(Math.max(0, start - this.#before), records.subarray(Math.max(0, this.#before - start) * recordWords))
    this.#captured = end
    const side = new Uint8Array(records.buffer)
    const state: SavedIds = { key: this.#key, current: saved(current), previous: saved(previous) }
    return { state, side, from: (previous ?? current)?.entry ?? Number.MAX_SAFE_INTEGER }
  }

  /** The last capture is durable: the next one holds what came after it. */
  saved(): void {
    this.#saved = this.#captured
  }

  /**
   * Takes over the state of a capture, with the sides of all captures from `from` on that were saved, oldest first.
   *
   * @throws MR420 where ids are missing.
   */
  restore(state: State, sides: readonly Uint8Array[]): void {
    const { key, current, previous } = state as unknown as SavedIds
    const count = (previous?.count ?? 0) + (current?.count ?? 0)
    const records = new Uint32Array(count * recordWords)
    if (!fillFromEnd(new Uint8Array(records.buffer), sides)) {
      throw new MillraceError('MR420', `of ${count} ids of messages that the snapshot counts, some are missing`)
    }
    this.#key = key
    this.#previous = restored(previous, this.#ids, records)
    this.#current = restored(current, this.#ids, records.subarray((previous?.count ?? 0) * recordWords))
    this.#before = previous?.count ?? 0
    this.#captured = count
    this.#saved = count
  }
}

const saved = (generation: IdGeneration | undefined): SavedGeneration =>
  generation ? { began: generation.began, entry: generation.entry, count: generation.count } : null

function restored(saved: SavedGeneration, most: number, records: Uint32Array): IdGeneration | undefined {
  if (!saved) return undefined
  const generation = new IdGeneration(saved.began, saved.entry, Math.max(most, saved.count), saved.count)
  const end = saved.count * recordWords
  for (let at = 0; at < end; at += recordWords) {
    if (at % touchedWords === 0) generation.touch(records, at, Math.min(end, at + touchedWords))
    generation.find(records, at)
    generation.add(records, at)
  }
  return generation
}

/** Fills `into` with the last bytes of all parts; false where they are too few. */
function fillFromEnd(into: Uint8Array, parts: readonly Uint8Array[]): boolean {
  let left = into.length
  for (const part of parts.toReversed()) {
    if (part.length % recordBytes !== 0) return false
    const taken = part.subarray(Math.max(0, part.length - left))
    left -= taken.length
    into.set(taken, left)
  }
  return left === 0
}

/** Ids of two sources have nothing to do with one another. */
function sourceKey(source: string, key: number): number {
  let hash = key | 0
  for (let i = 0; i < source.length; i++) hash = Math.imul(hash ^ source.charCodeAt(i), 0x01000193)
  return hash
}

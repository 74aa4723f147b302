import type { Chunk } from '../model/chunk.js'
import type { State } from '../model/state.js'
import { hash128 } from './hash-128.js'
import { IdGeneration } from './id-generation.js'
import type { MessageIdentity } from './message-identity.js'

/** Ids that are remembered at least, or … */
export const defaultIds = 1_000_000
/** … for at least so many ms of the stream clock, whichever is over first. */
export const defaultIdMs = 600_000

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

/**
 * The ids of messages that were processed, bounded. A message with a known id and the same body is a duplicate; with
 * another body its sender counts anew (devices use counters as ids), so it is processed and counted as `reused`.
 */
export class IdSet {
  readonly #ids: number
  readonly #ms: number
  #key: number
  #current: IdGeneration | undefined
  #previous: IdGeneration | undefined
  readonly #hash = new Uint32Array(8)

  constructor(options: IdSetOptions) {
    this.#key = options.key
    this.#ids = options.ids ?? defaultIds
    this.#ms = options.ms ?? defaultIdMs
  }

  get size(): number {
    return (this.#current?.count ?? 0) + (this.#previous?.count ?? 0)
  }

  /** Judges the messages of a chunk, in order, and remembers them. `stream` is the job's stream clock. */
  judge(source: string, identity: MessageIdentity, chunk: Chunk, stream: number): Judged {
    const key = sourceKey(source, this.#key)
    let omit: Uint8Array | undefined
    let duplicates = 0
    let reused = 0
    for (let i = 0; i < chunk.length; i++) {
      if (!identity.locate(chunk, i)) continue
      hash128(identity.bytes, identity.bareStart, identity.bareEnd, key, this.#hash, 4)
      hash128(identity.bytes, identity.start, identity.end, key, this.#hash, 0)
      const seen = this.#remember(stream)
      if (seen === 'duplicate') {
        omit ??= new Uint8Array(chunk.length)
        omit[i] = 1
        duplicates++
      } else if (seen === 'reused') reused++
    }
    return { omit, duplicates, reused }
  }

  #remember(stream: number) {
    this.#rotate(stream)
    const current = this.#current!
    const now = current.find(this.#hash)
    const seen = now === 'new' ? (this.#previous?.find(this.#hash) ?? 'new') : now
    current.add(this.#hash)
    return seen
  }

  /** Each generation lives for the whole bound, so an id is remembered for one bound at least and two at most. */
  #rotate(stream: number): void {
    const current = this.#current
    if (current && current.count < this.#ids && stream - current.began < this.#ms) return
    if (current) {
      // Nothing came for so long that the older one is out of date as well.
      this.#previous = stream - current.began < 2 * this.#ms ? current : undefined
    }
    this.#current = new IdGeneration(stream)
  }

  /** Forgets all: the state that they guarded is gone. */
  clear(): void {
    this.#current = undefined
    this.#previous = undefined
  }

  snapshot(): State {
    const saved = (generation: IdGeneration | undefined): State =>
      generation ? { began: generation.began, count: generation.count, slots: generation.slots } : null
    return { key: this.#key, current: saved(this.#current), previous: saved(this.#previous) }
  }

  restore(state: State): void {
    type Saved = { readonly began: number; readonly count: number; readonly slots: Uint32Array<ArrayBuffer> } | null
    const { key, current, previous } = state as unknown as { key: number; current: Saved; previous: Saved }
    const restored = (saved: Saved) => (saved ? new IdGeneration(saved.began, saved.slots, saved.count) : undefined)
    this.#key = key
    this.#current = restored(current)
    this.#previous = restored(previous)
  }
}

/** Ids of two sources have nothing to do with one another. */
function sourceKey(source: string, key: number): number {
  let hash = key | 0
  for (let i = 0; i < source.length; i++) hash = Math.imul(hash ^ source.charCodeAt(i), 0x01000193)
  return hash
}

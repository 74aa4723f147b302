import { DictionaryBytes } from './dictionary-bytes.js'
import { DictionaryIds } from './dictionary-ids.js'
import { DictionaryIndex } from './dictionary-index.js'
import { hashSecret } from './hash-secret.js'
import type { State } from './state.js'

/**
 * Texts as dense integer ids, shared by a decoder and the keyed state behind it. State that keeps an id calls
 * `retain` and later `release`; `sweep`, called at rest between two journal entries, frees ids that nobody kept, so
 * ids are a function of the input alone.
 */
export interface Dictionary {
  /** Number of id slots in use or free: every id is below it. */
  readonly size: number
  /** The id of a text, allocated if new. */
  intern(text: string): number
  /** The id of UTF-8 bytes, allocated if new; no string is made for a known key. */
  internBytes(bytes: Uint8Array, start: number, end: number): number
  text(id: number): string
  /** The text of an id in UTF-8, to be read at once; no string is made. */
  bytes(id: number): Uint8Array
  retain(id: number): void
  release(id: number): void
  sweep(): void
}

/** A dictionary that can be saved. */
export interface StoredDictionary extends Dictionary {
  /** A copy of its memory, free ids included: the time it takes is that of copying bytes. Who retains what is not in it. */
  snapshot(): State
  /** Into an empty dictionary: texts under the ids that they had. What is kept must be retained before the next `sweep`. */
  restore(state: State): void
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** Spreads FNV-1a's weak low bits, which open addressing uses. */
const finish = (hash: number): number => (hash ^ (hash >>> 15)) | 0

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ hashSecret[bytes[i]!]!, 0x01000193)
  return finish(hash)
}

class ByteDictionary implements StoredDictionary {
  private readonly ids = new DictionaryIds()
  private readonly index = new DictionaryIndex()
  private readonly store = new DictionaryBytes()
  private readonly texts: (string | undefined)[] = []
  private refs = new Int32Array(16)
  /** Ids that had no reference at some time since the last sweep; `listed` has a 1 for them. */
  private unkept = new Int32Array(16)
  private unkeptCount = 0
  private listed = new Uint8Array(16)
  private scratch = new Uint8Array(64)

  get size(): number {
    return this.ids.size
  }

  intern(text: string): number {
    let hash = 0x811c9dc5
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) return this.internEncoded(text)
      hash = Math.imul(hash ^ hashSecret[code]!, 0x01000193)
    }
    hash = finish(hash)
    const { index, store } = this
    const { slots, mask } = index
    for (let at = hash & mask, held = slots[at]!; held !== 0; at = (at + 1) & mask, held = slots[at]!) {
      if (index.hashOf(held - 1) === hash && store.equalsAscii(held - 1, text)) return held - 1
    }
    this.encode(text)
    return this.add(hash, this.scratch, 0, text.length)
  }

  internBytes(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end)
    const { index, store } = this
    const { slots, mask } = index
    for (let at = hash & mask, held = slots[at]!; held !== 0; at = (at + 1) & mask, held = slots[at]!) {
      if (index.hashOf(held - 1) === hash && store.equals(held - 1, bytes, start, end)) return held - 1
    }
    return this.add(hash, bytes, start, end)
  }

  text(id: number): string {
    const known = this.texts[id]
    if (known !== undefined) return known
    const text = decoder.decode(this.store.view(id))
    this.texts[id] = text
    return text
  }

  bytes(id: number): Uint8Array {
    return this.store.view(id)
  }

  retain(id: number): void {
    this.refs[id]!++
  }

  release(id: number): void {
    if (--this.refs[id]! === 0) this.list(id)
  }

  sweep(): void {
    if (this.unkeptCount === 0) return
    // Highest first, so that the lowest free id is the next one given.
    const unkept = this.unkept.subarray(0, this.unkeptCount).sort()
    this.unkeptCount = 0
    for (let i = unkept.length - 1; i >= 0; i--) {
      const id = unkept[i]!
      this.listed[id] = 0
      if (this.refs[id]! > 0) continue
      this.index.remove(id)
      this.store.delete(id)
      this.texts[id] = undefined
      this.ids.give(id)
    }
  }

  snapshot(): State {
    return { ids: this.ids.snapshot(), texts: this.store.snapshot(this.size), unkept: this.unkept.slice(0, this.unkeptCount) }
  }

  restore(state: State): void {
    const { ids, texts, unkept } = state as { ids: State; texts: State; unkept: Int32Array }
    this.ids.restore(ids)
    this.store.restore(texts)
    const { size, index } = this
    const { bytes, starts, lengths } = this.store
    const freed = this.ids.freed()
    index.reserve(size)
    for (let id = 0; id < size; id++) {
      if (freed[id] === 0) index.insert(hashOf(bytes, starts[id]!, starts[id]! + lengths[id]!), id)
    }
    this.refs = new Int32Array(Math.max(16, size))
    this.listed = new Uint8Array(this.refs.length)
    for (const id of unkept) this.list(id)
  }

  private add(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const id = this.ids.take()
    if (id >= this.refs.length) {
      const refs = new Int32Array(2 * this.refs.length)
      const listed = new Uint8Array(2 * this.refs.length)
      refs.set(this.refs)
      listed.set(this.listed)
      this.refs = refs
      this.listed = listed
    }
    this.store.set(id, bytes, start, end)
    this.index.insert(hash, id)
    this.refs[id] = 0
    this.list(id)
    return id
  }

  private list(id: number): void {
    if (this.listed[id] === 1) return
    this.listed[id] = 1
    if (this.unkeptCount === this.unkept.length) {
      const unkept = new Int32Array(2 * this.unkeptCount)
      unkept.set(this.unkept)
      this.unkept = unkept
    }
    this.unkept[this.unkeptCount++] = id
  }

  private internEncoded(text: string): number {
    // First: it may take another scratch.
    const length = this.encode(text)
    return this.internBytes(this.scratch, 0, length)
  }

  private encode(text: string): number {
    if (3 * text.length > this.scratch.length) this.scratch = new Uint8Array(6 * text.length)
    return encoder.encodeInto(text, this.scratch).written
  }
}

/**
 * An empty dictionary: open addressing over UTF-8 bytes. Ids freed by `sweep` are given again, the lowest first. A
 * lone surrogate in a text counts as U+FFFD, since UTF-8 has no form for it.
 *
 * @example
 * const rooms = createDictionary()
 * rooms.text(rooms.intern('kitchen')) // 'kitchen'
 */
export function createDictionary(): StoredDictionary {
  return new ByteDictionary()
}

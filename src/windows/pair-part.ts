import { DictionaryIds } from '../model/dictionary-ids.js'
import { DictionaryIndex } from '../model/dictionary-index.js'
import type { State } from '../model/state.js'
import { References } from './references.js'

interface Held {
  retain(id: number): void
  release(id: number): void
}

function hashOf(left: number, right: number): number {
  const hash = Math.imul(Math.imul(left, 0x9e3779b1) ^ right, 0x85ebca6b)
  return hash ^ (hash >>> 15)
}

/** Pairs of ids as ids, by open addressing; a pair holds its two parts. */
export class PairPart implements Held {
  readonly #left: Held
  readonly #right: Held
  readonly #ids = new DictionaryIds()
  readonly #index = new DictionaryIndex()
  readonly #references = new References()
  #lefts = new Int32Array(64)
  #rights = new Int32Array(64)

  constructor(left: Held, right: Held) {
    this.#left = left
    this.#right = right
  }

  get size(): number {
    return this.#ids.size
  }

  /** Ids of the pairs (lefts[i], rights[i]); `out` may be one of them. */
  resolve(lefts: Int32Array, rights: Int32Array, length: number, out: Int32Array): void {
    for (let i = 0; i < length; i++) out[i] = this.#idOf(lefts[i]!, rights[i]!)
  }

  retain(id: number): void {
    this.#references.retain(id)
  }

  release(id: number): void {
    if (!this.#references.release(id)) return
    this.#index.remove(id)
    this.#ids.give(id)
    this.#left.release(this.#lefts[id]!)
    this.#right.release(this.#rights[id]!)
  }

  /** The parts of some pairs; `lefts` may be `ids` itself. */
  split(ids: Int32Array, count: number, lefts: Int32Array, rights: Int32Array): void {
    for (let i = 0; i < count; i++) {
      const id = ids[i]!
      lefts[i] = this.#lefts[id]!
      rights[i] = this.#rights[id]!
    }
  }

  /** A copy of the pairs and their ids, without who holds them. */
  snapshot(): State {
    return { ids: this.#ids.snapshot(), lefts: this.#lefts.slice(0, this.size), rights: this.#rights.slice(0, this.size) }
  }

  /** Into no pairs, after both parts: a pair holds its parts again. */
  restore(state: State): void {
    const { ids, lefts, rights } = state as { ids: State; lefts: Int32Array; rights: Int32Array }
    this.#ids.restore(ids)
    this.#lefts = new Int32Array(Math.max(64, lefts.length))
    this.#lefts.set(lefts)
    this.#rights = new Int32Array(Math.max(64, rights.length))
    this.#rights.set(rights)
    this.#index.reserve(this.size)
    const freed = this.#ids.freed()
    for (let id = 0; id < this.size; id++) {
      if (freed[id] === 1) continue
      this.#left.retain(lefts[id]!)
      this.#right.retain(rights[id]!)
      this.#index.insert(hashOf(lefts[id]!, rights[id]!), id)
    }
  }

  #idOf(left: number, right: number): number {
    const hash = hashOf(left, right)
    const index = this.#index
    const { slots, mask } = index
    for (let at = hash & mask, held = slots[at]!; held !== 0; at = (at + 1) & mask, held = slots[at]!) {
      if (this.#lefts[held - 1] === left && this.#rights[held - 1] === right) return held - 1
    }
    const id = this.#ids.take()
    if (id >= this.#lefts.length) {
      const lefts = new Int32Array(2 * this.#lefts.length)
      const rights = new Int32Array(2 * this.#lefts.length)
      lefts.set(this.#lefts)
      rights.set(this.#rights)
      this.#lefts = lefts
      this.#rights = rights
    }
    this.#lefts[id] = left
    this.#rights[id] = right
    this.#left.retain(left)
    this.#right.retain(right)
    index.insert(hash, id)
    return id
  }
}

import type { BooleanColumn, Column, NumberColumn } from '../model/columns.js'
import { DictionaryIds } from '../model/dictionary-ids.js'
import { DictionaryIndex } from '../model/dictionary-index.js'
import { hashSecret } from '../model/hash-secret.js'
import type { State } from '../model/state.js'
import type { KeyPart } from './key-part.js'
import { References } from './references.js'

const word = new Float64Array(1)
const halves = new Int32Array(word.buffer)

function hashOf(value: number): number {
  word[0] = value
  const high = Math.imul(halves[1]! ^ hashSecret[1]!, 0x85ebca6b)
  const hash = Math.imul(halves[0]! ^ hashSecret[0]! ^ high ^ (high >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 15)
}

/** Numbers, times and booleans as key parts. Both zeros are one key; so are all NaN. Id 0 is null. */
export class NumberPart implements KeyPart {
  readonly #boolean: boolean
  readonly #ids = new DictionaryIds()
  readonly #index = new DictionaryIndex()
  readonly #references = new References()
  #values = new Float64Array(64)

  constructor(type: 'number' | 'boolean') {
    this.#boolean = type === 'boolean'
    this.#ids.take()
  }

  get size(): number {
    return this.#ids.size
  }

  resolve(column: Column, length: number, out: Int32Array): void {
    const { values, nulls } = column as NumberColumn | BooleanColumn
    let last = Number.NaN
    let lastId = 0
    for (let i = 0; i < length; i++) {
      if (nulls !== undefined && nulls[i] === 1) {
        out[i] = 0
        continue
      }
      const value = values[i]!
      if (value !== last) {
        lastId = this.#idOf(value)
        last = value
      }
      out[i] = lastId
    }
  }

  retain(id: number): void {
    this.#references.retain(id)
  }

  release(id: number): void {
    if (!this.#references.release(id) || id === 0) return
    this.#index.remove(id)
    this.#ids.give(id)
  }

  column(ids: Int32Array, count: number): Column {
    let nulls: Uint8Array | undefined
    const values = this.#boolean ? new Uint8Array(count) : new Float64Array(count)
    for (let i = 0; i < count; i++) {
      if (ids[i] === 0) {
        nulls ??= new Uint8Array(count)
        nulls[i] = 1
      } else values[i] = this.#values[ids[i]!]!
    }
    return values instanceof Uint8Array ? { type: 'boolean', values, nulls } : { type: 'number', values, nulls }
  }

  snapshot(): State {
    return { ids: this.#ids.snapshot(), values: this.#values.slice(0, this.size) }
  }

  restore(state: State): void {
    const { ids, values } = state as { ids: State; values: Float64Array }
    this.#ids.restore(ids)
    this.#values = new Float64Array(Math.max(64, values.length))
    this.#values.set(values)
    this.#index.reserve(this.size)
    const freed = this.#ids.freed()
    for (let id = 1; id < this.size; id++) if (freed[id] === 0) this.#index.insert(hashOf(values[id]!), id)
  }

  #idOf(value: number): number {
    // The sum turns −0 into 0; NaN has one bit pattern once it is written by us.
    const key = Number.isNaN(value) ? Number.NaN : value + 0
    const hash = hashOf(key)
    const index = this.#index
    const { slots, mask } = index
    for (let at = hash & mask, held = slots[at]!; held !== 0; at = (at + 1) & mask, held = slots[at]!) {
      if (Object.is(this.#values[held - 1], key)) return held - 1
    }
    const id = this.#ids.take()
    if (id >= this.#values.length) {
      const values = new Float64Array(2 * this.#values.length)
      values.set(this.#values)
      this.#values = values
    }
    this.#values[id] = key
    index.insert(hash, id)
    return id
  }
}

import type { Column, TextColumn } from '../model/columns.js'
import { createDictionary, type Dictionary, type StoredDictionary } from '../model/dictionary.js'
import type { State } from '../model/state.js'
import type { ValueType } from '../model/value-type.js'
import { numbersOf } from './cells.js'

/**
 * Values that outlive their batch, each as a number, so that an accumulator is typed memory whatever it keeps: numbers,
 * times and booleans as they are, texts as ids of a dictionary. What is kept is retained, and released when it goes;
 * `sweep` then frees the texts that nobody keeps.
 */
export class KeptValues {
  readonly #boolean: boolean
  readonly #texts: StoredDictionary | undefined
  /** Ids of another dictionary as ids of ours, for as long as neither sweeps: those with the stamp of the round count. */
  #other: Dictionary | undefined
  #ours = new Int32Array(0)
  #stamps = new Int32Array(0)
  #round = 1

  constructor(type: ValueType) {
    this.#boolean = type === 'boolean'
    this.#texts = type === 'text' ? createDictionary() : undefined
  }

  /** The number of a row's value, which is not null. */
  numberOf(column: Column, row: number): number {
    if (!this.#texts) return numbersOf(column).values[row]!
    const texts = column as TextColumn
    switch (texts.form) {
      case 'slices':
        return this.#texts.internBytes(texts.bytes, texts.starts[row]!, texts.ends[row]!)
      case 'dictionary':
        return this.#idOf(texts.dictionary, texts.ids[row]!)
      case 'plain':
        return this.#texts.intern(texts.values[row]!)
    }
  }

  /** The number here of a value that has a number there. */
  adopted(other: KeptValues, number: number): number {
    return this.#texts ? this.#idOf(other.#texts!, number) : number
  }

  /** As a row shows it. */
  value(number: number): number | boolean | string {
    if (this.#texts) return this.#texts.text(number)
    return this.#boolean ? number === 1 : number
  }

  retain(number: number): void {
    this.#texts?.retain(number)
  }

  release(number: number): void {
    this.#texts?.release(number)
  }

  /** At the end of each call that took values: the batch's own dictionary may be swept after it. */
  sweep(): void {
    this.#round++
    this.#texts?.sweep()
  }

  /** Without who retains what. */
  snapshot(): State {
    return this.#texts?.snapshot() ?? null
  }

  restore(state: State): void {
    this.#texts?.restore(state)
  }

  #idOf(dictionary: Dictionary, id: number): number {
    if (dictionary !== this.#other || id >= this.#stamps.length) this.#meet(dictionary)
    if (this.#stamps[id] === this.#round) return this.#ours[id]!
    const bytes = dictionary.bytes(id)
    const ours = this.#texts!.internBytes(bytes, 0, bytes.length)
    this.#ours[id] = ours
    this.#stamps[id] = this.#round
    return ours
  }

  #meet(dictionary: Dictionary): void {
    this.#other = dictionary
    this.#round++
    if (dictionary.size <= this.#stamps.length) return
    this.#ours = new Int32Array(2 * dictionary.size)
    this.#stamps = new Int32Array(2 * dictionary.size)
  }
}

import { type Column, textAt } from '../model/columns.js'
import { createDictionary, type StoredDictionary } from '../model/dictionary.js'
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

  constructor(type: ValueType) {
    this.#boolean = type === 'boolean'
    this.#texts = type === 'text' ? createDictionary() : undefined
  }

  /** The number of a row's value, which is not null. */
  numberOf(column: Column, row: number): number {
    if (!this.#texts) return numbersOf(column).values[row]!
    if (column.type === 'text' && column.form === 'slices') {
      return this.#texts.internBytes(column.bytes, column.starts[row]!, column.ends[row]!)
    }
    return this.#texts.intern(textAt(column as Column & { type: 'text' }, row)!)
  }

  /** The number here of a value that has a number there. */
  adopted(other: KeptValues, number: number): number {
    return this.#texts ? this.#texts.intern(other.#texts!.text(number)) : number
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

  sweep(): void {
    this.#texts?.sweep()
  }

  /** Without who retains what. */
  snapshot(): State {
    return this.#texts?.snapshot() ?? null
  }

  restore(state: State): void {
    if (this.#texts && state !== null) this.#texts.restore(state)
  }
}

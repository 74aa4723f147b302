import { type Column, type TextColumn, textAt } from '../model/columns.js'
import type { State } from '../model/state.js'
import type { Accumulator } from './aggregate.js'

/** Least or greatest text, compared by UTF-16 code units as JavaScript does. */
export class TextExtreme implements Accumulator {
  readonly #least: boolean
  readonly #texts: (string | null)[] = []

  constructor(which: 'min' | 'max') {
    this.#least = which === 'min'
  }

  grow(capacity: number): void {
    while (this.#texts.length < capacity) this.#texts.push(null)
  }

  add(slots: Int32Array, from: number, to: number, input: Column | undefined): void {
    for (let i = from; i < to; i++) this.#offer(slots[i]!, textAt(input as TextColumn, i))
  }

  merge(other: TextExtreme, slots: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#offer(slots[i]!, other.#texts[slots[i]!] ?? null)
  }

  results(slots: Int32Array, count: number): Column {
    return { type: 'text', form: 'plain', values: this.#saved(slots, count) }
  }

  reset(slots: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#texts[slots[i]!] = null
  }

  snapshot(slots: Int32Array | undefined, count: number): State {
    return slots ? this.#saved(slots, count) : this.#texts.slice(0, count)
  }

  restore(state: State, slots: Int32Array | undefined, count: number): void {
    const saved = state as readonly (string | null)[]
    for (let i = 0; i < count; i++) this.#texts[slots ? slots[i]! : i] = saved[i]!
  }

  #offer(slot: number, text: string | null): void {
    if (text === null) return
    const held = this.#texts[slot] ?? null
    if (held === null || (this.#least ? text < held : text > held)) this.#texts[slot] = text
  }

  #saved(slots: Int32Array, count: number): (string | null)[] {
    return Array.from({ length: count }, (_, i) => this.#texts[slots[i]!] ?? null)
  }
}

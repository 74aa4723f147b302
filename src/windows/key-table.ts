import type { Column } from '../model/columns.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { State } from '../model/state.js'
import type { ValueType } from '../model/value-type.js'
import type { KeyPart } from './key-part.js'
import { NumberPart } from './number-part.js'
import { PairPart } from './pair-part.js'
import { References } from './references.js'
import { TextPart } from './text-part.js'

function partOf(type: ValueType): KeyPart {
  switch (type) {
    case 'text':
      return new TextPart()
    case 'boolean':
      return new NumberPart('boolean')
    case 'list':
      throw new MillraceError('MR194', 'a list cannot be a key')
    default:
      return new NumberPart('number')
  }
}

/**
 * Keys of any number of parts as dense ids. With one part, its ids are the keys; with more, pairs of pairs. Without any,
 * all rows have key 0.
 */
export class KeyTable {
  readonly #parts: readonly KeyPart[]
  /** `#pairs[i]` joins parts 0 … i + 1. */
  readonly #pairs: PairPart[] = []
  readonly #whole: KeyPart | PairPart | undefined
  readonly #references = new References()
  #live = 0
  #scratch = new Int32Array(0)

  constructor(types: readonly ValueType[]) {
    this.#parts = types.map(partOf)
    let whole: KeyPart | PairPart | undefined = this.#parts[0]
    for (const part of this.#parts.slice(1)) {
      whole = new PairPart(whole!, part)
      this.#pairs.push(whole)
    }
    this.#whole = whole
  }

  /** Every key is below it. */
  get size(): number {
    return this.#whole?.size ?? 1
  }

  /** Key ids of rows 0 … length − 1; new ones must be retained before anything is released. */
  resolve(columns: readonly Column[], length: number, out: Int32Array): void {
    if (this.#parts.length === 0) {
      out.fill(0, 0, length)
      return
    }
    this.#parts[0]!.resolve(columns[0]!, length, out)
    if (this.#pairs.length > 0 && this.#scratch.length < length) this.#scratch = new Int32Array(length)
    for (const [i, pair] of this.#pairs.entries()) {
      this.#parts[i + 1]!.resolve(columns[i + 1]!, length, this.#scratch)
      pair.resolve(out, this.#scratch, length, out)
    }
  }

  /** Keys that are held. */
  get live(): number {
    return this.#live
  }

  retain(key: number): void {
    if (!this.#references.retain(key)) return
    this.#live++
    this.#whole?.retain(key)
  }

  release(key: number): void {
    if (!this.#references.release(key)) return
    this.#live--
    this.#whole?.release(key)
  }

  /** The values of some keys, one column a part. */
  columns(keys: Int32Array, count: number): Column[] {
    const out: Column[] = []
    const left = keys.slice(0, count)
    const right = new Int32Array(count)
    for (let i = this.#pairs.length - 1; i >= 0; i--) {
      this.#pairs[i]!.split(left, count, left, right)
      out.unshift(this.#parts[i + 1]!.column(right, count))
    }
    if (this.#parts.length > 0) out.unshift(this.#parts[0]!.column(left, count))
    return out
  }

  /** A copy of the keys and their ids, without who holds them. */
  snapshot(): State {
    return { parts: this.#parts.map(part => part.snapshot()), pairs: this.#pairs.map(pair => pair.snapshot()) }
  }

  /** Into an empty table: keys under the ids that they had. Whatever was held must be retained again, before anything is released. */
  restore(state: State): void {
    const { parts, pairs } = state as { parts: readonly State[]; pairs: readonly State[] }
    for (const [i, part] of this.#parts.entries()) part.restore(parts[i]!)
    for (const [i, pair] of this.#pairs.entries()) pair.restore(pairs[i]!)
  }

  /** Frees texts that nobody holds any more; called when no batch is alive. */
  sweep(): void {
    for (const part of this.#parts) part.sweep?.()
  }
}

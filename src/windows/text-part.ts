import type { Column, DictionaryText, TextColumn } from '../model/columns.js'
import { createDictionary, type Dictionary } from '../model/dictionary.js'
import type { State } from '../model/state.js'
import type { KeyPart } from './key-part.js'
import { References } from './references.js'

/** How ids of a dictionary that batches bring map to ids of this part; 0: not known. */
interface Attached {
  readonly dictionary: Dictionary
  toPart: Int32Array
  /** Their id + 1 by part id. */
  toTheirs: Int32Array
}

/** Sources with a dictionary of their own that are remembered at once. */
const mostAttached = 16

const grown = (ids: Int32Array, size: number): Int32Array => {
  if (size <= ids.length) return ids
  const out = new Int32Array(Math.max(2 * ids.length, size))
  out.set(ids)
  return out
}

/**
 * Texts as key parts. Dictionary-coded columns cost one look-up a row in an array; others are interned by their bytes.
 * Each id of a foreign dictionary that is mapped here is retained there, so that it keeps its meaning. Id 0 is null,
 * id n + 1 is text n of the part's own dictionary.
 */
export class TextPart implements KeyPart {
  readonly #own = createDictionary()
  readonly #references = new References()
  readonly #attached: Attached[] = []

  get size(): number {
    return this.#own.size + 1
  }

  resolve(column: Column, length: number, out: Int32Array): void {
    const texts = column as TextColumn
    switch (texts.form) {
      case 'dictionary':
        this.#resolveIds(texts, length, out)
        return
      case 'plain':
        for (let i = 0; i < length; i++) {
          const text = texts.values[i] ?? null
          out[i] = text === null ? 0 : this.#own.intern(text) + 1
        }
        return
      case 'slices':
        for (let i = 0; i < length; i++) {
          const start = texts.starts[i]!
          out[i] = start < 0 ? 0 : this.#own.internBytes(texts.bytes, start, texts.ends[i]!) + 1
        }
    }
  }

  retain(id: number): void {
    if (this.#references.retain(id) && id > 0) this.#own.retain(id - 1)
  }

  release(id: number): void {
    if (!this.#references.release(id) || id === 0) return
    for (const attached of this.#attached) {
      const theirs = attached.toTheirs[id] ?? 0
      if (theirs === 0) continue
      attached.toTheirs[id] = 0
      attached.toPart[theirs - 1] = 0
      attached.dictionary.release(theirs - 1)
    }
    this.#own.release(id - 1)
  }

  column(ids: Int32Array, count: number): Column {
    const out = new Int32Array(count)
    for (let i = 0; i < count; i++) out[i] = ids[i]! - 1
    return { type: 'text', form: 'dictionary', ids: out, dictionary: this.#own }
  }

  snapshot(): State {
    return this.#own.snapshot()
  }

  restore(state: State): void {
    this.#own.restore(state)
  }

  sweep(): void {
    this.#own.sweep()
  }

  #resolveIds({ ids, dictionary }: DictionaryText, length: number, out: Int32Array): void {
    const attached = this.#attach(dictionary)
    const { toPart } = attached
    for (let i = 0; i < length; i++) {
      const theirs = ids[i]!
      if (theirs < 0) {
        out[i] = 0
        continue
      }
      const known = toPart[theirs]!
      out[i] = known !== 0 ? known : this.#adopt(attached, theirs)
    }
  }

  #adopt(attached: Attached, theirs: number): number {
    const bytes = attached.dictionary.bytes(theirs)
    const id = this.#own.internBytes(bytes, 0, bytes.length) + 1
    attached.dictionary.retain(theirs)
    attached.toPart[theirs] = id
    attached.toTheirs = grown(attached.toTheirs, id + 1)
    attached.toTheirs[id] = theirs + 1
    return id
  }

  #attach(dictionary: Dictionary): Attached {
    const last = this.#attached.at(-1)
    let attached = last?.dictionary === dictionary ? last : this.#attached.find(known => known.dictionary === dictionary)
    if (!attached) {
      if (this.#attached.length === mostAttached) this.#detach()
      attached = { dictionary, toPart: new Int32Array(64), toTheirs: new Int32Array(64) }
      this.#attached.push(attached)
    }
    attached.toPart = grown(attached.toPart, dictionary.size)
    return attached
  }

  /** Forgets the dictionary that was met first; its texts stay known here. */
  #detach(): void {
    const { dictionary, toTheirs } = this.#attached.shift()!
    for (const theirs of toTheirs) if (theirs !== 0) dictionary.release(theirs - 1)
  }
}

import type { Column } from '../model/columns.js'
import type { Dictionary } from '../model/dictionary.js'
import type { ValueType } from '../model/value-type.js'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * The growing memory of one output column, reused from chunk to chunk. A row may be written more than once before it
 * counts: the last write holds. Texts are slices of the chunk's bytes, or dictionary ids where the column is a key; the
 * first text that is not in those bytes turns the column into plain strings.
 */
export class ColumnStore {
  readonly type: Exclude<ValueType, 'list'>
  readonly dictionary: Dictionary | undefined
  private numbers = new Float64Array(0)
  private flags = new Uint8Array(0)
  private nulls = new Uint8Array(0)
  private ids = new Int32Array(0)
  private ends = new Int32Array(0)
  private plain: (string | null)[] | undefined
  private bytes: Uint8Array = this.flags
  private hasNulls = false
  private capacity = 0

  constructor(type: Exclude<ValueType, 'list'>, dictionary?: Dictionary) {
    this.type = type
    this.dictionary = dictionary
  }

  /** Starts a chunk of at most `rows` rows whose bytes are `bytes`. */
  begin(rows: number, bytes: Uint8Array): void {
    this.plain = undefined
    this.hasNulls = false
    this.bytes = bytes
    if (rows <= this.capacity) return
    this.capacity = Math.max(rows, 2 * this.capacity, 64)
    this.nulls = new Uint8Array(this.capacity)
    if (this.type === 'text') {
      this.ids = new Int32Array(this.capacity)
      this.ends = new Int32Array(this.capacity)
    } else if (this.type === 'boolean') this.flags = new Uint8Array(this.capacity)
    else this.numbers = new Float64Array(this.capacity)
  }

  setNull(row: number): void {
    if (this.type === 'text') {
      if (this.plain) this.plain[row] = null
      else this.ids[row] = -1
      return
    }
    if (!this.hasNulls) {
      this.nulls.fill(0)
      this.hasNulls = true
    }
    this.nulls[row] = 1
    if (this.type === 'boolean') this.flags[row] = 0
    else this.numbers[row] = 0
  }

  setNumber(row: number, value: number): void {
    this.numbers[row] = value
    if (this.hasNulls) this.nulls[row] = 0
  }

  setBoolean(row: number, value: boolean): void {
    this.flags[row] = value ? 1 : 0
    if (this.hasNulls) this.nulls[row] = 0
  }

  setText(row: number, text: string): void {
    if (this.dictionary) this.ids[row] = this.dictionary.intern(text)
    else this.toPlain(row)[row] = text
  }

  /** Text as valid UTF-8 in `bytes[start … end − 1]`. */
  setBytes(row: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.dictionary) this.ids[row] = this.dictionary.internBytes(bytes, start, end)
    else if (this.plain || bytes !== this.bytes) this.toPlain(row)[row] = utf8.decode(bytes.subarray(start, end))
    else {
      this.ids[row] = start
      this.ends[row] = end
    }
  }

  /** The column of the rows written; valid until the next `begin`. */
  column(): Column {
    switch (this.type) {
      case 'text':
        if (this.dictionary) return { type: 'text', form: 'dictionary', ids: this.ids, dictionary: this.dictionary }
        if (this.plain) return { type: 'text', form: 'plain', values: this.plain }
        return { type: 'text', form: 'slices', bytes: this.bytes, starts: this.ids, ends: this.ends }
      case 'boolean':
        return { type: 'boolean', values: this.flags, nulls: this.hasNulls ? this.nulls : undefined }
      default:
        return { type: 'number', values: this.numbers, nulls: this.hasNulls ? this.nulls : undefined }
    }
  }

  private toPlain(rows: number): (string | null)[] {
    if (this.plain) return this.plain
    const plain: (string | null)[] = []
    for (let i = 0; i < rows; i++) {
      const start = this.ids[i]!
      plain.push(start < 0 ? null : utf8.decode(this.bytes.subarray(start, this.ends[i]!)))
    }
    this.plain = plain
    return plain
  }
}

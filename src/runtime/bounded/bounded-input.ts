import type { Decoded, Decoder, FieldUse } from '../../codecs/decoder.js'
import type { SourceReader } from '../../connector/source.js'
import type { GraphSource } from '../../job/graph.js'
import { Batch } from '../../model/batch.js'
import type { Chunk } from '../../model/chunk.js'
import type { Clock } from '../../model/clock.js'
import type { Columns, NumberColumn } from '../../model/columns.js'
import type { Dictionary } from '../../model/dictionary.js'
import type { ErrorCode } from '../../model/errors/catalogue.js'
import { MillraceError } from '../../model/errors/millrace-error.js'

/** A file bound to a source: its records, and the decoder for what the job uses of them. */
export interface BoundedFile {
  readonly reader: SourceReader
  decoder(use: FieldUse): Decoder
  /** The field that is the event time, where the job itself names none: of the job's schema, or one that `decoder` adds. */
  readonly timeField?: string
}

/** A record that was refused. */
export interface BoundedLetter {
  readonly source: string
  readonly code: ErrorCode
  readonly reason: string
  /** Line of the record in its file, from 1; undefined for rows that no single record made. */
  readonly line: number | undefined
  /** The record as it was read, or the row as JSON. */
  readonly bytes: Uint8Array
  readonly stack?: string
}

const empty = new Float64Array(0)

/** One file of a bounded run, read ahead by one chunk, its rows taken from the front. */
export class BoundedInput {
  readonly source: string
  readonly origin: number
  readonly #reader: SourceReader
  readonly #decoder: Decoder
  readonly #timeField: string
  /** The job does not know the time field. */
  readonly #added: boolean
  #chunk: Chunk | undefined
  #decoded: Decoded | undefined
  #times: Float64Array = empty
  #at = 0
  #ended = false

  constructor(source: GraphSource, origin: number, file: BoundedFile, timeField: string) {
    this.source = source.id
    this.origin = origin
    this.#reader = file.reader
    this.#timeField = timeField
    this.#added = !source.use.wanted.has(timeField)
    // The time is needed even where the job itself reads it nowhere.
    this.#decoder = file.decoder({ ...source.use, wanted: new Set([...source.use.wanted, timeField]) })
  }

  /** Event time of the next row; +Infinity at the end. */
  get nextTime(): number {
    return this.#at < this.#times.length ? this.#times[this.#at]! : Number.POSITIVE_INFINITY
  }

  get chunk(): Chunk | undefined {
    return this.#chunk
  }

  /** Reads on until there is a row or the end; refused records go to `refuse`. */
  async fill(refuse: (letter: BoundedLetter) => void): Promise<void> {
    while (this.#at >= this.#times.length && !this.#ended) {
      const chunk = await this.#reader.next()
      if (!chunk) {
        this.#release()
        this.#ended = true
        this.#times = empty
        this.#at = 0
        return
      }
      this.#release()
      const decoded = this.#decoder.decode(chunk)
      for (const { message, code, reason, stack } of decoded.rejected) {
        const letter = letterOf(this.source, chunk, message, code, reason)
        refuse(stack === undefined ? letter : { ...letter, stack })
      }
      this.#chunk = chunk
      this.#decoded = decoded
      this.#keep()
      this.#times = this.#timesOf(decoded)
      this.#at = 0
    }
  }

  /** The rows wait over several entries, at whose ends dictionaries forget what nobody holds. */
  #keep(): void {
    for (const { ids, dictionary } of this.#keyed()) for (const id of ids) if (id >= 0) dictionary.retain(id)
  }

  #release(): void {
    for (const { ids, dictionary } of this.#keyed()) for (const id of ids) if (id >= 0) dictionary.release(id)
    this.#decoded = undefined
  }

  /** The dictionary-coded columns of the rows that were read ahead. */
  *#keyed(): Iterable<{ ids: Int32Array; dictionary: Dictionary }> {
    const { columns = {}, length = 0 } = this.#decoded ?? {}
    for (const column of Object.values(columns)) {
      if (column.type === 'text' && column.form === 'dictionary')
        yield { ids: column.ids.subarray(0, length), dictionary: column.dictionary }
    }
  }

  /** Rows without a time sort where they stand: behind the row before them. */
  #timesOf(decoded: Decoded): Float64Array {
    const column = decoded.columns[this.#timeField]
    if (column?.type !== 'number') throw notATime(this.source, this.#timeField)
    const { values, nulls } = column as NumberColumn
    if (!nulls) return values.subarray(0, decoded.length)
    const times = values.slice(0, decoded.length)
    for (let i = 0; i < times.length; i++) if (nulls[i]) times[i] = i > 0 ? times[i - 1]! : Number.NEGATIVE_INFINITY
    return times
  }

  #columns(): Columns {
    const { columns } = this.#decoded!
    if (!this.#added) return columns
    const { [this.#timeField]: _, ...own } = columns
    return own
  }

  /** The rows up to the first later than `until`, at most `limit`; at least one. The batch lives until the next `fill`. */
  take(until: number, limit: number, clock: Clock): Batch {
    const from = this.#at
    const end = Math.min(this.#times.length, from + limit)
    let to = from + 1
    while (to < end && this.#times[to]! <= until) to++
    this.#at = to
    const { length, messages } = this.#decoded!
    const columns = this.#columns()
    const times = this.#times
    const whole = new Batch({ length, columns, times, origin: this.origin, watermark: Number.NEGATIVE_INFINITY, clock, messages })
    return from === 0 && to === length ? whole : whole.slice(from, to)
  }
}

export const notATime = (source: string, field: string): MillraceError =>
  new MillraceError('MR432', `\`${field}\` of source '${source}' is not a time`, {
    hint: `name a timestamp field: --read ${source}=FILE:FIELD`,
  })

/** The letter of one record. */
export function letterOf(source: string, chunk: Chunk, message: number, code: ErrorCode, reason: string): BoundedLetter {
  return {
    source,
    code,
    reason,
    line: chunk.lines?.[message],
    bytes: chunk.bytes.slice(chunk.starts[message]!, chunk.ends[message]!),
  }
}

import type { Columns } from '../model/columns.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { FieldSpec, Schema } from '../model/schema.js'
import { misfit, rowsToColumns } from '../operators/rows-to-columns.js'
import { messageChunk, type TestMessage } from './message-chunk.js'
import type { TestInput } from './test-row.js'
import { type TestTime, timeOf, timeOrUndefined } from './test-time.js'

/** How rows or messages arrive. */
export interface Arrival {
  /** When: the clock goes on to it first. Default: now. */
  readonly at?: TestTime
  /** The partition of the source; watermarks are kept by it. Default 0. */
  readonly partition?: number
}

/** What a source asks of its test. */
export interface SourceDoor {
  step(at: number | undefined, push: (run: SourceRun) => void): void
}

export interface SourceRun {
  chunk(source: string, chunk: ReturnType<typeof messageChunk>): void
  rows(source: string, partition: number, length: number, columns: Columns): void
}

/** A source of the job under test. */
export class TestSource<T> {
  readonly id: string
  readonly #schema: Schema<unknown>
  readonly #door: SourceDoor

  constructor(id: string, schema: Schema<unknown>, door: SourceDoor) {
    this.id = id
    this.#schema = schema
    this.#door = door
  }

  /**
   * Rows that arrive together, as the decoder would give them. They have no message ids, so none is a duplicate.
   *
   * @throws MR195 where a row does not fit the schema of the source.
   */
  send(rows: readonly TestInput<T>[], { at, partition = 0 }: Arrival = {}): void {
    const fields = this.#schema.fields as Readonly<Record<string, FieldSpec>>
    const plain = rows.map((row, i) => this.#plain(row as Readonly<Record<string, unknown>>, i, fields))
    const columns = rowsToColumns(plain, fields)
    this.#step(at, run => run.rows(this.id, partition, rows.length, columns))
  }

  /** Messages that arrive together, through the job's own decoder: text and bytes are bodies. */
  sendMessages(messages: readonly TestMessage[], { at, partition = 0 }: Arrival = {}): void {
    this.#step(at, run => run.chunk(this.id, messageChunk(messages, partition)))
  }

  /** Sends each row at its own time: the clock goes on to `at(row)` before it arrives. */
  replay(rows: Iterable<TestInput<T>>, at: (row: TestInput<T>) => TestTime): void {
    for (const row of rows) this.send([row], { at: at(row) })
  }

  #step(at: TestTime | undefined, push: (run: SourceRun) => void): void {
    this.#door.step(at === undefined ? undefined : timeOf(at, `arrival at '${this.id}'`), push)
  }

  #plain(
    row: Readonly<Record<string, unknown>>,
    i: number,
    fields: Readonly<Record<string, FieldSpec>>,
  ): Readonly<Record<string, unknown>> {
    const unknown = Object.keys(row).find(name => !Object.hasOwn(fields, name))
    if (unknown !== undefined) {
      throw new MillraceError('MR195', `row ${i} for '${this.id}': no field \`${unknown}\` in the schema`, {
        hint: `its fields are ${Object.keys(fields).join(', ')}`,
      })
    }
    const times = Object.entries(row).map(([name, value]) => [
      name,
      fields[name]!.type === 'timestamp' ? (timeOrUndefined(value) ?? value) : value,
    ])
    const plain = Object.fromEntries(times) as Readonly<Record<string, unknown>>
    const wrong = misfit(plain, fields)
    if (wrong !== undefined) throw new MillraceError('MR195', `row ${i} for '${this.id}': ${wrong}`)
    return plain
  }
}

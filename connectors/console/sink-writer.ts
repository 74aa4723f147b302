import { outputRow } from '../../src/connector/output-row.js'
import type { OutputBatch, SinkStatus, SinkWriter } from '../../src/connector/sink.js'
import type { ConnectorContext } from '../../src/connector/source.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { ConsoleTable } from './console-table.js'
import type { ConsoleSinkOptions } from './sink-options.js'

/** Bytes that may wait for whoever reads the output. */
const mostWaiting = 1_048_576
/** Ms for which the job waits for room there; then rows are dropped until there is some. */
const patienceMs = 1_000
/** Rows that are made text at once. */
const rowsAtOnce = 500

/** What the writer needs of stdout. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly writableLength: number
  write(text: string): boolean
  on(event: 'drain' | 'error', listener: (error: Error) => void): unknown
  off(event: 'drain' | 'error', listener: (error: Error) => void): unknown
}

/** Which table stands last on an output: another one needs its header. */
const lastOn = new WeakMap<Output, ConsoleSinkWriter>()

/** Prints rows; a reader that is slow holds the job up for a second at most, and one that has gone for no time. */
export class ConsoleSinkWriter implements SinkWriter {
  readonly guarantee = 'append'
  readonly why = 'a terminal keeps both'
  readonly #context: ConnectorContext
  readonly #output: Output
  readonly #every: number
  readonly #table: ConsoleTable | undefined
  readonly #colour: boolean
  #seen = 0
  #dropped = 0
  #droppedInAll = 0
  #stalled = false
  #gone = false
  #closed = false
  #wake: (() => void) | undefined
  #last: Promise<void> = Promise.resolve()

  constructor(context: ConnectorContext, output: Output, { every = 1, format }: ConsoleSinkOptions) {
    const { env, id } = context
    this.#context = context
    this.#output = output
    this.#every = every
    this.#table = (format ?? (output.isTTY ? 'table' : 'ndjson')) === 'table' ? new ConsoleTable(id) : undefined
    // no-color.org: "when present and not an empty string (regardless of its value)".
    this.#colour = output.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
    output.on('drain', this.#drained)
    output.on('error', this.#broken)
  }

  async open(): Promise<undefined> {}

  /** Resolves when the rows are on their way to the reader, or are dropped. @throws MR337 when it is closed */
  write(outputs: OutputBatch): Promise<void> {
    const turn = this.#last.then(() => this.#print(outputs))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  status(): SinkStatus {
    const form = this.#table ? 'a table' : 'JSON lines'
    const lost = this.#droppedInAll > 0 ? `, ${rowsText(this.#droppedInAll)} dropped: its reader was slow or away` : ''
    return {
      connected: !this.#gone && !this.#closed,
      detail: this.#closed ? 'closed' : `${form} on stdout${lost}`,
      pending: 0,
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#last
    await this.#room(1)
    this.#output.off('drain', this.#drained)
    this.#output.off('error', this.#broken)
  }

  async #print(outputs: OutputBatch): Promise<void> {
    if (this.#closed) throw new MillraceError('MR337', `the sink '${this.#context.id}' is closed`)
    const rows = this.#sample(outputs.length)
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      if (!(await this.#room(mostWaiting))) return this.#drop(rows.length - from)
      this.#output.write(this.#text(outputs, rows.slice(from, from + rowsAtOnce)))
    }
  }

  /** Every n-th row over all batches, the first one to begin with. */
  #sample(length: number): readonly number[] {
    const rows: number[] = []
    for (let row = (this.#every - (this.#seen % this.#every)) % this.#every; row < length; row += this.#every) rows.push(row)
    this.#seen += length
    return rows
  }

  #text(outputs: OutputBatch, rows: readonly number[]): string {
    if (this.#table) {
      const afresh = lastOn.get(this.#output) !== this
      lastOn.set(this.#output, this)
      // Some terminals do not know their width, and say 0.
      return this.#table.lines(outputs, rows, { width: this.#output.columns || undefined, colour: this.#colour }, afresh)
    }
    return rows.map(row => `${JSON.stringify({ result: this.#context.id, ...outputRow(outputs, row) })}\n`).join('')
  }

  /** Whether less than so many bytes wait, at once or within the time that the job may wait. */
  async #room(bytes: number): Promise<boolean> {
    if (this.#gone) return false
    if (this.#output.writableLength >= bytes && !this.#stalled) {
      const time = this.#context.time
      await new Promise<void>(resolve => {
        const cancel = time.after(patienceMs, resolve)
        this.#wake = () => {
          cancel()
          resolve()
        }
      })
      this.#wake = undefined
    }
    const has = !this.#gone && this.#output.writableLength < bytes
    if (!has && !this.#stalled && !this.#gone && !this.#closed)
      this.#context.log.warn(`stdout takes no more: rows of '${this.#context.id}' are dropped until it does`)
    this.#stalled = !has
    if (has && this.#dropped > 0) {
      this.#context.log.warn(`${rowsText(this.#dropped)} of '${this.#context.id}' were not printed`)
      this.#dropped = 0
    }
    return has
  }

  #drop(rows: number): void {
    this.#dropped += rows
    this.#droppedInAll += rows
  }

  readonly #drained = (): void => this.#wake?.()

  /** Its reader has gone (EPIPE): nobody misses what follows. The command ends then, as `millrace … | head` should. */
  readonly #broken = (): void => {
    this.#gone = true
    this.#wake?.()
  }
}

const rowsText = (count: number): string => `${count.toLocaleString('en')} ${count === 1 ? 'row' : 'rows'}`

import type { HeldPosition, OutputBatch, Position, SinkStatus, SinkWriter } from '../../src/connector/sink.js'
import type { ConnectorContext } from '../../src/connector/source.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { ResultFile, type ResultPlace } from './result-file.js'
import { csvText, ndjsonText } from './result-text.js'

/** Writes rows to a file, one batch after the other; what fails is written again by whoever called. */
export class FileSinkWriter implements SinkWriter {
  readonly guarantee = 'transactional'
  readonly #context: ConnectorContext
  readonly #place: ResultPlace
  readonly #format: 'ndjson' | 'csv'
  #file: ResultFile | undefined
  #last: Promise<unknown> = Promise.resolve()
  #pending = 0
  #error: MillraceError | undefined
  #closed = false

  constructor(context: ConnectorContext, place: ResultPlace, format: 'ndjson' | 'csv') {
    this.#context = context
    this.#place = place
    this.#format = format
  }

  /** @throws MR335 it cannot be written at present, MR336 it belongs to another sink, MR337 it was closed */
  open(): Promise<HeldPosition | undefined> {
    return this.#inTurn(async () => (await this.#opened()).position)
  }

  /**
   * Resolves when rows and position are on the disk.
   *
   * @throws as `open`
   */
  async write(outputs: OutputBatch, position: Position): Promise<void> {
    this.#pending += outputs.length
    try {
      await this.#inTurn(async () => {
        const file = await this.#opened()
        // An attempt may have succeeded and failed to say so.
        if (this.#place.journal !== undefined && file.position && isUpTo(position, file.position)) return
        await file.append(
          this.#format === 'csv' ? csvText(outputs, file.header) : ndjsonText(outputs),
          { ...position, rows: outputs.length },
          outputs.wall,
        )
      })
    } finally {
      this.#pending -= outputs.length
    }
  }

  status(): SinkStatus {
    const { path } = this.#place
    const size = this.#file?.size
    return {
      connected: size !== undefined,
      detail: this.#closed ? 'closed' : size === undefined ? `cannot write ${path}` : `${path}, ${size.toLocaleString('en')} bytes`,
      endpoint: path,
      pending: this.#pending,
      ...(this.#error && { error: { code: this.#error.code, message: this.#error.message } }),
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#last.catch(() => undefined)
    await this.#leave()
  }

  async #opened(): Promise<ResultFile> {
    this.#file ??= await ResultFile.open(this.#place)
    return this.#file
  }

  /** One after the other: each write begins where the one before it ended. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      if (this.#closed) throw new MillraceError('MR337', `the sink '${this.#context.id}' is closed`)
      try {
        const result = await work()
        this.#error = undefined
        return result
      } catch (error) {
        await this.#leave()
        this.#error = this.#told(error)
        throw this.#error
      }
    })
    this.#last = turn.catch(() => undefined)
    return turn
  }

  #told(error: unknown): MillraceError {
    if (error instanceof MillraceError) return error
    return new MillraceError('MR335', `${this.#place.path} cannot be written: ${(error as Error).message}`, { cause: error })
  }

  async #leave(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close().catch(() => undefined)
  }
}

const isUpTo = (a: Position, b: Position): boolean => a.entry < b.entry || (a.entry === b.entry && a.ordinal <= b.ordinal)

import {
  type ConnectorContext,
  MillraceError,
  type OutputBatch,
  outputRow,
  RefusedRows,
  type SinkStatus,
  type SinkWriter,
} from 'millrace/connector'
import { type Address, LineConnection } from './line-connection.js'
import { LineSplitter } from './line-splitter.js'

const longestAnswer = 1_000

/** A row that was not answered. */
interface Waiting {
  readonly line: string
  /** Called once: taken, or refused with the reason. */
  done(refusal: string | undefined): void
}

/** Writes rows as lines, in order; what was not answered when the connection was lost is written again. */
export class LineWriter implements SinkWriter {
  readonly guarantee = 'append'
  /** Small outputs that wait go out together instead of one by one. */
  readonly gathers = { rows: 1_000, ms: 0 }
  readonly #context: ConnectorContext
  readonly #connection: LineConnection
  readonly #answers: LineSplitter
  /** Oldest first: answers come in the order of the lines. */
  #line: Waiting[] = []
  readonly #failures = new Set<(error: MillraceError) => void>()
  #closed = false
  #since: number

  constructor(address: Address, context: ConnectorContext) {
    this.#context = context
    this.#since = context.time.monotonic()
    // One that is too long counts, too: each answer belongs to a row.
    const tooLong = (): void => this.#answered('no, at length')
    this.#answers = new LineSplitter(longestAnswer, answer => this.#answered(Buffer.from(answer).toString()), tooLong)
    this.#connection = new LineConnection(address, context, {
      up: socket => void socket.write(this.#line.map(({ line }) => line).join('')),
      data: bytes => this.#answers.push(bytes),
      down: () => this.#answers.forget(),
    })
  }

  /** The peer holds no position. */
  async open(): Promise<undefined> {}

  /** Resolves when every row was answered; waits without a deadline for the peer. @throws MR311 naming refused rows, MR313 when it is closed. */
  async write(outputs: OutputBatch): Promise<void> {
    if (this.#closed) throw this.#closing()
    if (outputs.length === 0) return
    const refused: { readonly id: string; readonly reason: string }[] = []
    if (this.#line.length === 0) this.#since = this.#context.time.monotonic()
    await new Promise<void>((resolve, reject) => {
      this.#failures.add(reject)
      let open = outputs.length
      const rows = Array.from({ length: outputs.length }, (_, row): Waiting => {
        const id = outputs.ids[row]!
        return {
          line: `${JSON.stringify(outputRow(outputs, row))}\n`,
          done: refusal => {
            if (refusal !== undefined) refused.push({ id, reason: refusal })
            if (--open > 0) return
            this.#failures.delete(reject)
            resolve()
          },
        }
      })
      this.#line.push(...rows)
      this.#connection.socket?.write(rows.map(({ line }) => line).join(''))
    })
    if (refused.length === 0) return
    const ids = refused.map(({ id }) => id)
    const named = refused.slice(0, 5).map(({ id, reason }) => `${id} (${reason})`)
    throw new RefusedRows('MR311', `${this.#connection.endpoint} refused ${ids.length} rows: ${named.join(', ')}`, ids)
  }

  status(): SinkStatus {
    const { socket, error, endpoint, detail } = this.#connection
    const pending = this.#line.length
    const waits = socket ? `answers of ${endpoint}` : (error?.message ?? `a connection to ${endpoint}`)
    return {
      connected: socket !== undefined,
      detail: this.#closed ? 'closed' : detail,
      endpoint,
      pending,
      ...(pending > 0 ? { waiting: { for: waits, since: this.#since } } : {}),
      ...(error ? { error: { code: error.code, message: error.message } } : {}),
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#connection.close()
    for (const reject of this.#failures) reject(this.#closing())
  }

  #answered(answer: string): void {
    this.#since = this.#context.time.monotonic()
    this.#line.shift()?.done(answer === 'ok' ? undefined : answer.replace(/^no /, ''))
  }

  #closing(): MillraceError {
    return new MillraceError('MR313', `the sink '${this.#context.id}' was closed with ${this.#line.length} rows not answered`)
  }
}

import {
  type Chunk,
  type ConnectorContext,
  presettled,
  type Segment,
  SegmentQueue,
  type SourceReader,
  type SourceStatus,
} from 'millrace/connector'
import { type Address, LineConnection } from './line-connection.js'
import { LineSplitter } from './line-splitter.js'

const segmentBytes = 64 * 1024

/** Reads lines into segments; while the buffer is full the socket is paused, and TCP holds the peer back. */
export class LineReader implements SourceReader {
  readonly #queue = new SegmentQueue(segmentBytes)
  readonly #connection: LineConnection
  readonly #splitter: LineSplitter
  readonly #bufferBytes: number
  #given: Segment | undefined
  #receipt = 0
  #mode: 'running' | 'draining' | 'closed' = 'running'
  #wake: (() => void) | undefined

  constructor(address: Address, maxLineBytes: number, context: ConnectorContext) {
    this.#bufferBytes = context.bufferBytes
    this.#splitter = new LineSplitter(maxLineBytes, line => this.#queue.append(line, presettled))
    this.#connection = new LineConnection(address, context, {
      up: () => undefined,
      data: bytes => this.#take(bytes),
      down: () => this.#splitter.forget(),
    })
  }

  async next(): Promise<Chunk | undefined> {
    // The chunk before is done with: its memory may be used again.
    if (this.#given) this.#queue.recycle(this.#given)
    this.#given = undefined
    while (this.#queue.messages === 0) {
      if (this.#mode !== 'running') return undefined
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    const segment = this.#queue.take()!
    this.#given = segment
    if (this.#queue.bytes < this.#bufferBytes) this.#connection.socket?.resume()
    return segment.chunk(++this.#receipt, 'body')
  }

  /** The peer knows no acknowledgements. */
  settle(): void {}

  status(): SourceStatus {
    const { socket, error, downSince, endpoint, reconnects, detail } = this.#connection
    const connected = socket !== undefined && this.#mode === 'running'
    const left = this.#splitter.tooLong > 0 ? `; ${this.#splitter.tooLong} lines were too long and left out` : ''
    return {
      connected,
      // Nothing that has arrived waits to be read.
      live: connected && this.#queue.messages === 0,
      detail: this.#mode === 'running' ? detail + left : this.#mode,
      endpoint,
      bufferedBytes: this.#queue.bytes,
      reconnects: Math.max(0, reconnects),
      ...(downSince === undefined || this.#mode !== 'running' ? {} : { downSince }),
      ...(error ? { error: { code: error.code, message: error.message } } : {}),
    }
  }

  async close(how: 'release' | 'drain'): Promise<void> {
    if (this.#mode === 'closed') return
    this.#mode = how === 'drain' ? 'draining' : 'closed'
    if (how === 'release') this.#queue.clear()
    this.#connection.close()
    this.#awake()
  }

  #take(bytes: Uint8Array): void {
    if (this.#mode !== 'running') return
    this.#splitter.push(bytes)
    if (this.#queue.bytes >= this.#bufferBytes) this.#connection.socket?.pause()
    if (this.#queue.messages > 0) this.#awake()
  }

  #awake(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}

import type { DecoderSpec } from '../../src/codecs/decoder.js'
import type { ConnectorContext, IdSpec, SourceLoss, SourceReader, SourceSpec } from '../../src/connector/source.js'
import type { Chunk } from '../../src/model/chunk.js'

/** A source that a test feeds by hand. */
export class FakeSource {
  readonly queue: Uint8Array[][] = []
  readonly settled: number[] = []
  readonly closes: string[] = []
  connected = true
  downSince = 0
  opened = 0
  asked = 0
  failNext: unknown
  /** What its peer has lost. */
  lost: SourceLoss | undefined
  receipt = 0
  context: ConnectorContext | undefined
  /** Comes before the messages of each chunk, such as the header of a CSV file. */
  head = ''
  /** Of what it is given: bodies, or whole AMQP messages. */
  encoding: Chunk['encoding'] = 'body'
  /** Receipt of the first chunk given and not settled. */
  unsettled = new Map<number, Uint8Array[]>()
  #waiting: ((chunk: Chunk | undefined) => void) | undefined
  #ended = false

  /** Messages that arrive together. */
  send(...messages: readonly (object | string | Uint8Array)[]): void {
    this.queue.push(messages.map(bytesOf))
    this.#serve()
  }

  end(): void {
    this.#ended = true
    this.#serve()
  }

  #serve(): void {
    const waiting = this.#waiting
    if (!waiting || !this.connected) return
    const messages = this.queue.shift()
    if (!messages && !this.#ended) return
    this.#waiting = undefined
    waiting(messages && this.#chunk(messages))
  }

  disconnect(): void {
    this.connected = false
    this.downSince = this.context!.time.monotonic()
  }

  reconnect(): void {
    this.connected = true
    this.#serve()
  }

  #chunk(messages: Uint8Array[]): Chunk {
    const head = bytesOf(this.head)
    const bytes = Buffer.concat([head, ...messages])
    const starts = new Int32Array(messages.length)
    const ends = new Int32Array(messages.length)
    let at = head.length
    messages.forEach((message, i) => {
      starts[i] = at
      at += message.length
      ends[i] = at
    })
    const receipt = ++this.receipt
    this.unsettled.set(receipt, messages)
    return { encoding: this.encoding, partition: 0, bytes, starts, ends, length: messages.length, receipt, head: head.length }
  }

  spec<T>(decoder: DecoderSpec<T>, id?: IdSpec): SourceSpec<T> {
    return {
      connector: 'fake',
      params: {},
      decoder,
      id,
      usesEmbeddedNode: false,
      check: async () => [],
      open: async context => {
        this.context = context
        this.opened++
        return this.#reader()
      },
    }
  }

  #reader(): SourceReader {
    return {
      next: () => {
        this.asked++
        if (this.failNext !== undefined) {
          const error = this.failNext
          this.failNext = undefined
          return Promise.reject(error)
        }
        return new Promise(resolve => {
          this.#waiting = resolve
          this.#serve()
        })
      },
      settle: receipt => {
        this.settled.push(receipt)
        for (const key of this.unsettled.keys()) if (key <= receipt) this.unsettled.delete(key)
      },
      status: () => ({
        connected: this.connected,
        live: this.connected && this.queue.length === 0,
        detail: this.connected ? 'attached' : 'away',
        ...(!this.connected && { downSince: this.downSince }),
        ...(this.lost && { lost: this.lost }),
      }),
      close: async how => {
        this.closes.push(how)
        if (how === 'drain') this.#ended = true
        else {
          // Who asked of the reader that is closed is given no more.
          this.#waiting?.(undefined)
          this.#waiting = undefined
          // What was not settled comes again to the next reader.
          this.queue.unshift(...this.unsettled.values())
          this.unsettled.clear()
        }
        this.#serve()
      },
    }
  }
}

function bytesOf(message: object | string | Uint8Array): Uint8Array {
  if (message instanceof Uint8Array) return message
  return new TextEncoder().encode(typeof message === 'string' ? message : JSON.stringify(message))
}

import type { ServerResponse } from 'node:http'

/** Bytes that may wait for a live reader, beyond what it was sent on connecting, before it is dropped. */
export const liveBufferBytes = 1024 * 1024

/** One live reader: an open response that frames are written to, and dropped when it reads too slowly. */
export class LiveClient {
  readonly views: ReadonlySet<string>
  /** What event ids begin with: the server's run and the set of views, since a place in another set means nothing here. */
  readonly prefix: string
  /** It may look and not act. */
  readonly readOnly: boolean
  #response: ServerResponse
  #allowance: number
  #onDrop: () => void
  #closed = false

  constructor(response: ServerResponse, views: ReadonlySet<string>, prefix: string, readOnly: boolean, onDrop: () => void) {
    this.#response = response
    this.views = views
    this.prefix = prefix
    this.readOnly = readOnly
    this.#onDrop = onDrop
    this.#allowance = liveBufferBytes
    response.on('drain', () => {
      this.#allowance = liveBufferBytes
    })
  }

  /** The first events, however long: they are bounded by themselves. */
  greet(text: string): void {
    this.#allowance += Buffer.byteLength(text)
    this.#write(text)
  }

  /** A frame of the flow, with its place where it has one. */
  send(frame: string, offset?: number): void {
    this.#write(offset === undefined ? frame : `id: ${this.prefix}:${offset}\n${frame}`)
    if (!this.#closed && this.#response.writableLength > this.#allowance) {
      this.#closed = true
      this.#response.destroy()
      this.#onDrop()
    }
  }

  end(): void {
    if (this.#closed) return
    this.#closed = true
    this.#response.end()
  }

  #write(text: string): void {
    if (!this.#closed && !this.#response.destroyed) this.#response.write(text)
  }
}

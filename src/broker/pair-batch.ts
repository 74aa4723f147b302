import { PAIR, writePair } from './store-record.js'

const MOST = 4096

/** Pairs of queue and seq that leave as one record, at the latest when the turn of the event loop ends. */
export class PairBatch {
  readonly #bytes = Buffer.alloc(1 + MOST * PAIR)
  readonly #write: (record: Buffer) => void
  #length = 1
  #scheduled = false

  constructor(kind: number, write: (record: Buffer) => void) {
    this.#bytes[0] = kind
    this.#write = write
  }

  add(queue: number, seq: number): void {
    writePair(this.#bytes, this.#length, queue, seq)
    this.#length += PAIR
    if (this.#length === this.#bytes.length) this.flush()
    else if (!this.#scheduled) {
      this.#scheduled = true
      queueMicrotask(() => {
        this.#scheduled = false
        this.flush()
      })
    }
  }

  flush(): void {
    if (this.#length === 1) return
    const record = this.#bytes.subarray(0, this.#length)
    this.#length = 1
    this.#write(record)
  }
}

import type { SourceReader } from '../../connector/source.js'

interface Unsettled {
  readonly entry: number
  readonly reader: SourceReader
  readonly receipt: number
}

/**
 * Chunks that went through the graph and are not settled at their source yet. A chunk is accepted once the journal holds
 * its entry; without a journal, once every output of its entry, and of all entries before it, is acknowledged, and its dead
 * letters are kept.
 */
export class Settlement {
  #queue: Unsettled[] = []
  #head = 0

  add(entry: number, reader: SourceReader, receipt: number): void {
    this.#queue.push({ entry, reader, receipt })
  }

  get waiting(): number {
    return this.#queue.length - this.#head
  }

  /** The entry of the oldest; +Infinity: none. */
  get oldestEntry(): number {
    return this.#queue[this.#head]?.entry ?? Number.POSITIVE_INFINITY
  }

  /** Settles what came in entries below `entry`. */
  settleBelow(entry: number): void {
    const through = new Map<SourceReader, number>()
    for (let item = this.#queue[this.#head]; item && item.entry < entry; item = this.#queue[this.#head]) {
      through.set(item.reader, item.receipt)
      this.#head++
    }
    if (this.#head === this.#queue.length || this.#head > 1024) {
      this.#queue = this.#queue.slice(this.#head)
      this.#head = 0
    }
    for (const [reader, receipt] of through) reader.settle(receipt)
  }

  clear(): void {
    this.#queue = []
    this.#head = 0
  }

  /** Forgets the chunks of a reader that was closed: its peer gives them again. */
  forget(reader: SourceReader): void {
    this.#queue = this.#queue.slice(this.#head).filter(item => item.reader !== reader)
    this.#head = 0
  }
}

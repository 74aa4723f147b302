import type { Producer } from './address.js'
import { ACCEPTED } from './outcome.js'

const SMALLEST = 1024

/** Deliveries that are accepted once their record is on the disk, in the order of records. */
export class PendingOutcomes {
  #producers: (Producer | undefined)[] = new Array(SMALLEST).fill(undefined)
  #deliveries = new Float64Array(SMALLEST)
  #records = new Float64Array(SMALLEST)
  #head = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  /** A record older than the last one waits for that, too. */
  add(record: number, producer: Producer, delivery: number): void {
    const size = this.#records.length
    if (this.#length === size) this.#grow()
    const mask = this.#records.length - 1
    const at = (this.#head + this.#length) & mask
    const before = this.#length === 0 ? 0 : this.#records[(at - 1) & mask]!
    this.#records[at] = Math.max(record, before)
    this.#deliveries[at] = delivery
    this.#producers[at] = producer
    this.#length++
  }

  release(durable: number): void {
    const mask = this.#records.length - 1
    while (this.#length > 0 && this.#records[this.#head]! <= durable) {
      const at = this.#head
      const producer = this.#producers[at]!
      this.#producers[at] = undefined
      this.#head = (at + 1) & mask
      this.#length--
      producer.settle(this.#deliveries[at]!, ACCEPTED)
    }
  }

  #grow(): void {
    const size = this.#records.length
    const producers: (Producer | undefined)[] = new Array(size * 2).fill(undefined)
    const deliveries = new Float64Array(size * 2)
    const records = new Float64Array(size * 2)
    for (let i = 0; i < this.#length; i++) {
      const at = (this.#head + i) & (size - 1)
      producers[i] = this.#producers[at]
      deliveries[i] = this.#deliveries[at]!
      records[i] = this.#records[at]!
    }
    this.#producers = producers
    this.#deliveries = deliveries
    this.#records = records
    this.#head = 0
  }
}

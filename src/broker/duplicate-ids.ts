/** Ids that an address remembers: as many as Artemis does by default. */
export const DUPLICATE_IDS = 20_000

/** The last ids of one address, each with the record that holds it durably (0: in memory only). */
export class DuplicateIds {
  readonly #records = new Map<string, number>()
  /** A ring, oldest at `#next` once it is full. */
  readonly #order: string[] = []
  #next = 0

  get size(): number {
    return this.#records.size
  }

  /** The record of an id that was seen; undefined for a new one. */
  find(id: string): number | undefined {
    return this.#records.get(id)
  }

  /** Remembers a new id in place of the oldest one. */
  add(id: string, record: number): void {
    if (this.#records.has(id)) return
    if (this.#order.length === DUPLICATE_IDS) this.#records.delete(this.#order[this.#next]!)
    this.#order[this.#next] = id
    this.#next = (this.#next + 1) % DUPLICATE_IDS
    this.#records.set(id, record)
  }

  clear(): void {
    this.#records.clear()
    this.#order.length = 0
    this.#next = 0
  }

  /** Oldest first. */
  all(): string[] {
    const { length } = this.#order
    return length < DUPLICATE_IDS ? [...this.#order] : [...this.#order.slice(this.#next), ...this.#order.slice(0, this.#next)]
  }
}

/** What was sent and waits for its outcome, and the id it was sent under. */
export interface Waiting {
  readonly id: number
}

const FIRST_PLACES = 64

/**
 * What was sent under rising ids and is settled in nearly the same order. A ring rather than a `Map`: a `Map` out of which
 * all is deleted again makes itself a new table every few hundred ids, and those tables, dead but old, keep alive all that
 * was in them, so that each collection of the young copies thousands of messages that are long settled (10 ms each time,
 * at 20,000 messages a second). What stays unsettled while many others pass moves into a map of its own.
 */
export class SentWindow<T extends Waiting> {
  #places: (T | undefined)[] = Array.from({ length: FIRST_PLACES }, () => undefined)
  #inPlaces = 0
  readonly #stragglers = new Map<number, T>()

  get size(): number {
    return this.#inPlaces + this.#stragglers.size
  }

  /** Ids rise; they wrap at 2^32. */
  add(one: T): void {
    for (let earlier = this.#at(one.id); earlier; earlier = this.#at(one.id)) {
      if (this.#inPlaces > this.#places.length >> 2) this.#grow()
      else this.#stragglers.set(earlier.id, this.take(earlier.id)!)
    }
    this.#places[one.id & (this.#places.length - 1)] = one
    this.#inPlaces++
  }

  /** Takes one out; undefined where none waits under this id. */
  take(id: number): T | undefined {
    const place = id & (this.#places.length - 1)
    const one = this.#places[place]
    if (one?.id === id) {
      this.#places[place] = undefined
      this.#inPlaces--
      return one
    }
    if (this.#stragglers.size === 0) return undefined
    const straggler = this.#stragglers.get(id)
    this.#stragglers.delete(id)
    return straggler
  }

  /** All that wait, in no order that matters. */
  all(): T[] {
    return [...this.#stragglers.values(), ...this.#places.filter(one => one !== undefined)]
  }

  #at(id: number): T | undefined {
    return this.#places[id & (this.#places.length - 1)]
  }

  /** Twice the places: what lies in one of the first half lies there or one half on. */
  #grow(): void {
    const before = this.#places
    this.#places = Array.from({ length: before.length * 2 }, () => undefined)
    for (const one of before) if (one) this.#places[one.id & (this.#places.length - 1)] = one
  }
}

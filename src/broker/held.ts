import { Entries, type Entry } from './entries.js'

/** The entries in the hands of one receiver, in the order in which it got them. A list, not a `Set`: see `SentWindow`. */
export class Held {
  readonly #entries = new Entries()

  add(entry: Entry): void {
    this.#entries.append(entry)
    entry.holder = this
  }

  /** Takes one out of its hands; false where it does not have it. */
  take(entry: Entry): boolean {
    if (entry.holder !== this) return false
    this.#entries.remove(entry)
    entry.holder = undefined
    return true
  }

  takeAll(): Entry[] {
    const all = [...this]
    for (const entry of all) this.take(entry)
    return all
  }

  *[Symbol.iterator](): Generator<Entry> {
    for (let at = this.#entries.head; at; at = at.next) yield at
  }
}

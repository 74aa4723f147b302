import type { SeededRandom } from './seeded-random.js'

type Change = { readonly at: number; readonly bytes: Uint8Array } | { readonly truncate: number }

/** Bytes that grow. */
class Content {
  #bytes = new Uint8Array(256)
  length = 0

  apply(change: Change): void {
    if ('truncate' in change) {
      this.#resize(change.truncate)
      return
    }
    const end = change.at + change.bytes.length
    if (end > this.length) this.#resize(end)
    this.#bytes.set(change.bytes, change.at)
  }

  #resize(length: number): void {
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(2 * length)
      larger.set(this.#bytes.subarray(0, this.length))
      this.#bytes = larger
    } else if (length < this.length) this.#bytes.fill(0, length, this.length)
    this.length = length
  }

  get view(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }
}

/** A file as the page cache shows it, and as the disk holds it; between them the writes since the last sync. */
export class SimFile {
  readonly owner: number
  #cached = new Content()
  #durable = new Content()
  #unsynced: Change[] = []

  /** `owner` is the number of the process that created it. */
  constructor(owner: number) {
    this.owner = owner
  }

  get bytes(): Uint8Array {
    return this.#cached.view
  }

  get durable(): Uint8Array {
    return this.#durable.view
  }

  get unsynced(): number {
    return this.#unsynced.length
  }

  write(bytes: Uint8Array, at: number): void {
    this.#change({ at, bytes: bytes.slice() })
  }

  truncate(length: number): void {
    this.#change({ truncate: length })
  }

  #change(change: Change): void {
    this.#cached.apply(change)
    this.#unsynced.push(change)
  }

  /** The first `count` of the unsynced writes are on the disk now. */
  synced(count: number): void {
    for (const change of this.#unsynced.splice(0, count)) this.#durable.apply(change)
  }

  /** A sync failed: of what was not on the disk some is now, the rest is gone, and the cache shows what is left. */
  syncFailed(random: SeededRandom): void {
    this.loseUnsynced(random)
  }

  /** The power fails: synced data stays; of the rest any part, in any order, the last of it torn, may be there. */
  loseUnsynced(random: SeededRandom): void {
    const changes = this.#unsynced
    this.#unsynced = []
    if (changes.length > 0) {
      const way = random.pick(['none', 'all', 'prefix', 'any'] as const)
      const most = way === 'prefix' ? random.int(0, changes.length) : changes.length
      for (let i = 0; i < most && way !== 'none'; i++) {
        const change = changes[i]!
        if (way === 'any' && random.chance(0.5)) continue
        const torn = (way === 'prefix' && i === most - 1) || (way === 'any' && random.chance(0.3))
        if (torn && 'bytes' in change)
          this.#durable.apply({ at: change.at, bytes: change.bytes.subarray(0, random.int(0, change.bytes.length)) })
        else this.#durable.apply(change)
      }
    }
    this.#cached = copyOf(this.#durable)
  }

  /** One bit decays, on the disk and in the cache alike. */
  flipBit(at: number): void {
    for (const content of [this.#cached, this.#durable]) if (at >> 3 < content.length) content.view[at >> 3]! ^= 1 << (at & 7)
  }
}

function copyOf(content: Content): Content {
  const copy = new Content()
  copy.apply({ at: 0, bytes: content.view })
  return copy
}

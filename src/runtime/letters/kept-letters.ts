import type { DeadLetter } from '../../model/api.js'
import type { DeadLetterFilter } from '../host.js'

/** What a letter costs beside its bytes, roughly. */
const overhead = 512

export interface KeptLetter {
  readonly letter: DeadLetter
  readonly bytes: Uint8Array
}

/** The newest dead letters in memory, within a bound. */
export class KeptLetters {
  readonly #maxBytes: number
  /** Oldest first. */
  #kept: KeptLetter[] = []
  #first = 0
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  add(kept: KeptLetter): void {
    this.#kept.push(kept)
    this.#bytes += kept.bytes.length + overhead
    while (this.#bytes > this.#maxBytes && this.#first < this.#kept.length - 1)
      this.#bytes -= this.#kept[this.#first++]!.bytes.length + overhead
    if (this.#first > 1024 && this.#first > this.#kept.length / 2) {
      this.#kept = this.#kept.slice(this.#first)
      this.#first = 0
    }
  }

  /** Newest first. */
  list(filter: DeadLetterFilter): readonly DeadLetter[] {
    const found: DeadLetter[] = []
    const limit = filter.limit ?? 1_000
    for (let i = this.#kept.length - 1; i >= this.#first && found.length < limit; i--) {
      const { letter } = this.#kept[i]!
      if (filter.source !== undefined && letter.source !== filter.source) continue
      if (filter.code !== undefined && letter.code !== filter.code) continue
      found.push(letter)
    }
    return found
  }

  bytesOf(id: string): Uint8Array | undefined {
    for (let i = this.#kept.length - 1; i >= this.#first; i--) if (this.#kept[i]!.letter.id === id) return this.#kept[i]!.bytes
    return undefined
  }
}

/** A letter as a line of the file stored it; undefined where the line is none. */
export function letterOfLine(line: string): KeptLetter | undefined {
  try {
    const { bytes, ...letter } = JSON.parse(line) as DeadLetter & { readonly bytes: string }
    if (typeof letter.id !== 'string' || typeof letter.sample !== 'string' || typeof bytes !== 'string') return undefined
    return { letter, bytes: new Uint8Array(Buffer.from(bytes, 'base64')) }
  } catch {
    return undefined
  }
}

export const lineOfLetter = ({ letter, bytes }: KeptLetter): string =>
  `${JSON.stringify({ ...letter, bytes: Buffer.from(bytes).toString('base64') })}\n`

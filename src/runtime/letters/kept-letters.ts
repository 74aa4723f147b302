import { crc32 } from 'node:zlib'
import type { DeadLetter } from '../../model/api.js'
import type { Chunk } from '../../model/chunk.js'
import type { DeadLetterFilter } from '../host.js'

/** What a letter costs beside its bytes, roughly. */
const overhead = 512

/** How the bytes of a letter came in, so that they can come in again. */
export interface OriginalMessage {
  readonly encoding: Chunk['encoding']
  readonly partition: number
  /** Nothing of the message has counted; otherwise another row of it, or another branch of the job, took it in. */
  readonly whole: boolean
  /** The bytes are its beginning: it was too large to be kept. */
  readonly cut?: boolean
  /** What came before all messages of its chunk, such as the header of a CSV file, in base64. */
  readonly head?: string
}

export interface KeptLetter {
  readonly letter: DeadLetter
  readonly bytes: Uint8Array
  /** Absent for rows, outputs, and letters of older releases. */
  readonly message?: OriginalMessage
  /** The entry that took it in again; a line with it says no more than that. */
  readonly retriedIn?: string
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

  /** A letter, or, where it says so, that one came in again. */
  add(kept: KeptLetter): void {
    const { id, retriedAt } = kept.letter
    if (retriedAt !== undefined) {
      this.retried(id, retriedAt, kept.retriedIn)
      return
    }
    this.#kept.push(kept)
    this.#bytes += kept.bytes.length + overhead
    while (this.#bytes > this.#maxBytes && this.#first < this.#kept.length - 1)
      this.#bytes -= this.#kept[this.#first++]!.bytes.length + overhead
    if (this.#first > 1024 && this.#first > this.#kept.length / 2) {
      this.#kept = this.#kept.slice(this.#first)
      this.#first = 0
    }
  }

  /** Marks a letter; undefined where it is not here, or was marked before. */
  retried(id: string, at: number, retriedIn?: string): DeadLetter | undefined {
    const index = this.#indexOf(id)
    const kept = this.#kept[index]
    if (!kept || kept.letter.retriedAt !== undefined) return undefined
    const letter = { ...kept.letter, retryable: false, retriedAt: at }
    this.#kept[index] = { ...kept, letter, ...(retriedIn !== undefined && { retriedIn }) }
    return letter
  }

  /** Newest first, each as `told` tells it. */
  list(filter: DeadLetterFilter, told: (letter: DeadLetter) => DeadLetter = letter => letter): readonly DeadLetter[] {
    const found: DeadLetter[] = []
    const limit = filter.limit ?? 1_000
    for (let i = this.#kept.length - 1; i >= this.#first && found.length < limit; i--) {
      const letter = told(this.#kept[i]!.letter)
      if (isWanted(letter, filter)) found.push(letter)
    }
    return found
  }

  /** The letter that a message became which this entry took in. */
  ofEntry(entry: string): DeadLetter | undefined {
    for (let i = this.#kept.length - 1; i >= this.#first; i--) {
      const { letter } = this.#kept[i]!
      if (letter.id.startsWith(`${entry}.`)) return letter
    }
    return undefined
  }

  find(id: string): KeptLetter | undefined {
    return this.#kept[this.#indexOf(id)]
  }

  #indexOf(id: string): number {
    for (let i = this.#kept.length - 1; i >= this.#first; i--) if (this.#kept[i]!.letter.id === id) return i
    return -1
  }
}

/** Whether a letter is among those asked for, but for the limit. */
export function isWanted(letter: DeadLetter, { job, source, code, id, retryable }: DeadLetterFilter): boolean {
  return (
    (job === undefined || letter.job === job) &&
    (source === undefined || letter.source === source) &&
    (code === undefined || letter.code === code) &&
    (id === undefined || letter.id === id) &&
    (retryable === undefined || (letter.retryable === true) === retryable)
  )
}

type LetterLine = DeadLetter & { readonly bytes: string; readonly crc?: number } & Pick<KeptLetter, 'message' | 'retriedIn'>

/** Ends a line: CRC-32 of all before it. Lines of earlier releases end with the bytes. */
const checksum = /,"crc":(\d{1,10})\}\s*$/
const unchecked = /"\}\s*$/

/** A letter as a line of the file stored it; undefined where the line is none, or altered. */
export function letterOfLine(line: string): KeptLetter | undefined {
  const end = checksum.exec(line)
  if (end ? crc32(line.slice(0, end.index)) !== Number(end[1]) : !unchecked.test(line)) return undefined
  try {
    const { bytes, message, retriedIn, crc: _, ...letter } = JSON.parse(line) as LetterLine
    if (typeof letter.id !== 'string' || typeof letter.sample !== 'string' || typeof bytes !== 'string') return undefined
    return {
      letter,
      bytes: new Uint8Array(Buffer.from(bytes, 'base64')),
      ...(message && { message }),
      ...(retriedIn !== undefined && { retriedIn }),
    }
  } catch {
    return undefined
  }
}

export function lineOfLetter({ letter, bytes, ...own }: KeptLetter): string {
  const text = JSON.stringify({ ...letter, ...own, bytes: Buffer.from(bytes).toString('base64') }).slice(0, -1)
  return `${text},"crc":${crc32(text)}}\n`
}

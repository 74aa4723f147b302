import type { DeadLetter } from '../model/api.js'
import { Backoff } from '../model/backoff.js'
import type { Reached } from '../model/crash-point.js'
import type { Log, RandomSource, TimeSource } from '../model/seams.js'
import { Held } from './held.js'
import type { DeadLetterFilter } from './host.js'

const defaultMemoryBytes = 16 * 2 ** 20
const sampleChars = 200
/** What a letter costs beside its bytes, roughly. */
const overhead = 512

/** A message that was refused, on its way into the store. */
export interface Refused {
  readonly source: string
  readonly code: string
  readonly reason: string
  readonly path?: string | undefined
  /** The job's clock, ms since the epoch. */
  readonly at: number
  /** The message's own bytes, or the row as JSON where no single message made it; copied by the store. */
  readonly bytes: Uint8Array
  /** What a person reads first; by default the bytes as text. */
  readonly sample?: string
}

export interface DeadLetterOptions {
  readonly job: string
  /** Where letters are kept; undefined: in memory only. */
  readonly file: LetterFile | undefined
  /** Part of every id: entries count from 1 in each journal. */
  readonly origin: string
  readonly memoryBytes?: number
  readonly real: TimeSource
  readonly random: RandomSource
  readonly log: Log
  readonly reached: Reached
  /** Called when letters have reached the disk. */
  readonly onStored: () => void
}

/** Keeps lines durably. */
export interface LetterFile {
  /** The last whole lines, oldest first, at most about so many bytes of them; what a crash tore off is cut away. */
  tail(bytes: number): Promise<readonly string[]>
  /** Resolves when the lines are on the disk; after a rejection none of them is. */
  append(lines: string): Promise<void>
  close(): Promise<void>
}

/** How much of the file is read at a start. */
const tailBytes = 2 ** 20
/** Letters that wait for the disk may hold so many bytes before the sources are made to wait. */
const unstoredBytes = 8 * 2 ** 20

interface Kept {
  readonly letter: DeadLetter
  readonly bytes: Uint8Array
}

interface Unstored {
  readonly entry: number
  readonly line: string
  readonly letter: StoredLetter
}

/** A letter in a snapshot: refused, and not in the file yet. */
export interface StoredLetter {
  readonly entry: number
  readonly index: number
  readonly refused: Refused
}

/** Indices of refused outputs among an entry's dead letters begin here, behind those of its messages. */
export const firstOutputIndex = 1_000_000

/** The job's bad messages with their raw bytes: the newest in memory, all of them in a file, where they are before they are settled. */
export class DeadLetterStore {
  readonly #options: DeadLetterOptions
  readonly #file: LetterFile | undefined
  readonly #backoff: Backoff
  /** Oldest first. */
  #kept: Kept[] = []
  #first = 0
  #bytes = 0
  #unstored: Unstored[] = []
  #storing: readonly Unstored[] = []
  #closed = false
  #failing: string | undefined
  #unstoredBytes = 0
  #work: Promise<void> = Promise.resolve()
  #cancelPause: (() => void) | undefined
  /** Letters of entries that are not durable. */
  readonly #held = new Held<StoredLetter>()
  #durable = Number.POSITIVE_INFINITY
  /** The last message letter in the file, and the outputs' letters in its tail: a replay makes them again. */
  #stored = { entry: 0, index: -1 }
  readonly #storedOutputs = new Set<string>()
  total = 0

  constructor(options: DeadLetterOptions) {
    this.#options = options
    this.#file = options.file
    this.#backoff = new Backoff(options.random)
  }

  /** Shows the letters of earlier starts; a file that cannot be read shows none, and the log says so. */
  async load(): Promise<void> {
    try {
      for (const line of (await this.#file?.tail(tailBytes)) ?? []) {
        const kept = keptOf(line)
        if (!kept) continue
        this.#keep(kept)
        this.#remember(kept.letter.id)
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#options.log.warn('earlier dead letters cannot be read', { code: 'MR423', job: this.#options.job, reason })
    }
  }

  #remember(id: string): void {
    const prefix = `${this.#options.job}.${this.#options.origin}.`
    if (!id.startsWith(prefix)) return
    const [entry, index] = id.slice(prefix.length).split('.').map(Number) as [number, number]
    if (index >= firstOutputIndex) this.#storedOutputs.add(id)
    else if (entry > this.#stored.entry || (entry === this.#stored.entry && index > this.#stored.index)) this.#stored = { entry, index }
  }

  #isStored(entry: number, index: number): boolean {
    if (index >= firstOutputIndex) return this.#storedOutputs.has(this.#idOf(entry, index))
    return entry < this.#stored.entry || (entry === this.#stored.entry && index <= this.#stored.index)
  }

  #idOf(entry: number, index: number): string {
    return `${this.#options.job}.${this.#options.origin}.${entry}.${index}`
  }

  /** The sources have to wait: letters cannot be stored, or come faster than the disk takes them. */
  get full(): boolean {
    return this.#failing !== undefined || this.#unstoredBytes >= unstoredBytes
  }

  /** All entries below this one have their dead letters on the disk. */
  get oldestEntry(): number {
    return this.#storing[0]?.entry ?? this.#unstored[0]?.entry ?? Number.POSITIVE_INFINITY
  }

  /** Why letters cannot be stored, while they cannot. */
  get failing(): string | undefined {
    return this.#failing
  }

  /** Letters of entries behind this one wait; the journal holds those up to it. */
  release(durable: number): void {
    this.#durable = durable
    for (const letter of this.#held.take(durable)) this.#take(letter)
  }

  /** Keeps one letter; its id is that of the journal, its entry, and its index among that entry's. One that the file holds is not kept again. */
  add(entry: number, index: number, refused: Refused): void {
    const letter = { entry, index, refused: { ...refused, bytes: refused.bytes.slice() } }
    if (entry > this.#durable && index < firstOutputIndex) this.#held.add(entry, letter)
    else this.#take(letter)
  }

  /** What is not in the file, for a snapshot. */
  snapshot(): readonly StoredLetter[] {
    return [...this.#storing, ...this.#unstored].map(({ letter }) => letter).concat(this.#held.all())
  }

  restore(letters: readonly StoredLetter[]): void {
    for (const { entry, index, refused } of letters) this.add(entry, index, refused)
  }

  #take(stored: StoredLetter): void {
    const { entry, index, refused } = stored
    if (this.#isStored(entry, index)) return
    const { job } = this.#options
    const { bytes } = refused
    const letter: DeadLetter = {
      id: this.#idOf(entry, index),
      job,
      source: refused.source,
      code: refused.code,
      reason: refused.reason,
      ...(refused.path !== undefined && { path: refused.path }),
      at: refused.at,
      sample: readable(refused.sample ?? new TextDecoder().decode(bytes.subarray(0, sampleChars))),
      size: bytes.length,
    }
    this.total++
    this.#keep({ letter, bytes })
    if (!this.#file) return
    const line = `${JSON.stringify({ ...letter, bytes: Buffer.from(bytes).toString('base64') })}\n`
    this.#unstored.push({ entry, line, letter: stored })
    this.#unstoredBytes += line.length
    if (this.#storing.length === 0) this.#work = this.#store(this.#file)
  }

  #keep(kept: Kept): void {
    this.#kept.push(kept)
    this.#bytes += kept.bytes.length + overhead
    this.#forgetOldest()
  }

  #forgetOldest(): void {
    const bound = this.#options.memoryBytes ?? defaultMemoryBytes
    while (this.#bytes > bound && this.#first < this.#kept.length - 1) this.#bytes -= this.#kept[this.#first++]!.bytes.length + overhead
    if (this.#first > 1024 && this.#first > this.#kept.length / 2) {
      this.#kept = this.#kept.slice(this.#first)
      this.#first = 0
    }
  }

  async #store(file: LetterFile): Promise<void> {
    while (this.#unstored.length > 0 && !this.#closed) {
      this.#storing = this.#unstored
      this.#unstored = []
      if (!(await this.#append(file, this.#storing.map(item => item.line).join('')))) return
      for (const { line } of this.#storing) this.#unstoredBytes -= line.length
      this.#storing = []
      this.#options.reached('letters-appended')
      this.#options.onStored()
    }
  }

  /** Tries until it succeeds, or the store is closed (false): meanwhile the messages stay unsettled and their source waits. */
  async #append(file: LetterFile, lines: string): Promise<boolean> {
    while (!this.#closed) {
      try {
        await file.append(lines)
        this.#failing = undefined
        this.#backoff.reset()
        return true
      } catch (error) {
        this.#failing = error instanceof Error ? error.message : String(error)
        this.#options.log.error('dead letters not stored', { code: 'MR423', job: this.#options.job, reason: this.#failing })
        await file.close().catch(() => undefined)
        await new Promise<void>(resolve => {
          const cancel = this.#options.real.after(this.#backoff.next(), resolve)
          this.#cancelPause = () => {
            cancel()
            resolve()
          }
        })
      }
    }
    return false
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

  /** The raw bytes of a letter that is still in memory. */
  bytesOf(id: string): Uint8Array | undefined {
    for (let i = this.#kept.length - 1; i >= this.#first; i--) if (this.#kept[i]!.letter.id === id) return this.#kept[i]!.bytes
    return undefined
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cancelPause?.()
    await this.#work
    await this.#file?.close()
  }
}

/** What cannot be printed as ·. */
const readable = (text: string): string => text.slice(0, sampleChars).replace(/[\p{Cc}\p{Cf}\uFFFD]/gu, '·')

/** A letter as it was stored; undefined where the line is none. */
function keptOf(line: string): Kept | undefined {
  try {
    const { bytes, ...letter } = JSON.parse(line) as DeadLetter & { readonly bytes: string }
    if (typeof letter.id !== 'string' || typeof letter.sample !== 'string' || typeof bytes !== 'string') return undefined
    return { letter, bytes: new Uint8Array(Buffer.from(bytes, 'base64')) }
  } catch {
    return undefined
  }
}

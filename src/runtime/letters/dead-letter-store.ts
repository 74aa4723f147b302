import type { DeadLetter } from '../../model/api.js'
import { Backoff } from '../../model/backoff.js'
import type { Reached } from '../../model/crash-point.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { Log, RandomSource, TimeSource } from '../../model/seams.js'
import { Held } from '../flow/held.js'
import { Pause } from '../flow/pause.js'
import type { DeadLetterFilter } from '../host.js'
import { KeptLetters, letterOfLine, lineOfLetter } from './kept-letters.js'
import type { LetterFile } from './letter-file.js'
import { firstOutputIndex, LetterNames } from './letter-names.js'

const defaultMemoryBytes = 16 * 2 ** 20
const sampleChars = 200

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
  /** Called when letters can never be stored by this process: its folder has another owner. */
  readonly failed: (error: MillraceError) => void
}

/** How much of the file is read at a start. */
const tailBytes = 2 ** 20
/** Letters that wait for the disk may hold so many bytes before the sources are made to wait. */
const unstoredBytes = 8 * 2 ** 20

interface Unstored {
  readonly entry: number
  readonly line: string
  readonly letter: StoredLetter
  /** It is on the disk. */
  readonly kept: () => void
}

/** A letter in a snapshot: refused, and not in the file yet. */
export interface StoredLetter {
  readonly entry: number
  readonly index: number
  readonly refused: Refused
}

/** The job's bad messages with their raw bytes: the newest in memory, all of them in a file, where they are before they are settled. */
export class DeadLetterStore {
  readonly #options: DeadLetterOptions
  readonly #file: LetterFile | undefined
  readonly #backoff: Backoff
  readonly #kept: KeptLetters
  readonly #names: LetterNames
  #unstored: Unstored[] = []
  #storing: readonly Unstored[] = []
  #closed = false
  #failing: string | undefined
  #unstoredBytes = 0
  #work: Promise<void> = Promise.resolve()
  readonly #pause = new Pause()
  /** Letters of entries that are not durable. */
  readonly #held = new Held<StoredLetter>()
  #durable = Number.POSITIVE_INFINITY
  total = 0

  constructor(options: DeadLetterOptions) {
    this.#options = options
    this.#file = options.file
    this.#kept = new KeptLetters(options.memoryBytes ?? defaultMemoryBytes)
    this.#names = new LetterNames(options.job, options.origin)
    this.#backoff = new Backoff(options.random)
  }

  /** Shows the letters of earlier starts; a file that cannot be read shows none, and the log says so. @throws see `LetterFile.open` */
  async load(): Promise<void> {
    await this.#file?.open?.()
    try {
      for (const line of (await this.#file?.tail(tailBytes)) ?? []) {
        const kept = letterOfLine(line)
        if (!kept) {
          this.#names.gap()
          continue
        }
        this.#kept.add(kept)
        this.#names.stored(kept.letter.id)
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#options.log.warn('earlier dead letters cannot be read', { code: 'MR423', job: this.#options.job, reason })
    }
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
    if (entry > this.#durable) this.#held.add(entry, letter)
    else this.#take(letter)
  }

  /** Keeps what a sink refused, of an entry that is durable; resolves when it is on the disk, and never if the store is closed before. */
  keepOutput(entry: number, ordinal: number, refused: Refused): Promise<void> {
    return new Promise(resolve => this.#take({ entry, index: firstOutputIndex + ordinal, refused }, resolve))
  }

  /** What is not in the file, for a snapshot. */
  snapshot(): readonly StoredLetter[] {
    return [...this.#storing, ...this.#unstored].map(({ letter }) => letter).concat(this.#held.all())
  }

  restore(letters: readonly StoredLetter[]): void {
    for (const letter of letters) {
      this.#take(letter)
      // An output may be in the snapshot, too, and be refused once more.
      this.#names.stored(this.#names.of(letter))
    }
  }

  #take(stored: StoredLetter, kept: () => void = () => undefined): void {
    const { entry, refused } = stored
    if (this.#names.isStored(stored)) {
      kept()
      return
    }
    const { job } = this.#options
    const { bytes } = refused
    const letter: DeadLetter = {
      id: this.#names.of(stored),
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
    this.#kept.add({ letter, bytes })
    if (!this.#file) {
      kept()
      return
    }
    const line = lineOfLetter({ letter, bytes })
    this.#unstored.push({ entry, line, letter: stored, kept })
    this.#unstoredBytes += line.length
    if (this.#storing.length === 0) this.#work = this.#store(this.#file)
  }

  async #store(file: LetterFile): Promise<void> {
    while (this.#unstored.length > 0 && !this.#closed) {
      this.#storing = this.#unstored
      this.#unstored = []
      if (!(await this.#append(file, this.#storing.map(item => item.line).join('')))) return
      const stored = this.#storing
      this.#storing = []
      this.#options.reached('letters-appended')
      for (const { line, kept } of stored) {
        this.#unstoredBytes -= line.length
        kept()
      }
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
        if (error instanceof MillraceError && error.action === 'stop') {
          this.#options.failed(error)
          return false
        }
        this.#options.log.error('dead letters not stored', { code: 'MR423', job: this.#options.job, reason: this.#failing })
        await file.close().catch(() => undefined)
        if (this.#closed) return false
        await this.#pause.wait(this.#options.real, this.#backoff.next())
      }
    }
    return false
  }

  /** Newest first. */
  list(filter: DeadLetterFilter): readonly DeadLetter[] {
    return this.#kept.list(filter)
  }

  /** The raw bytes of a letter that is still in memory. */
  bytesOf(id: string): Uint8Array | undefined {
    return this.#kept.bytesOf(id)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#pause.cut()
    await this.#work
    await this.#file?.close().catch(() => undefined)
  }
}

/** What cannot be printed as ·. */
const readable = (text: string): string => text.slice(0, sampleChars).replace(/[\p{Cc}\p{Cf}\uFFFD]/gu, '·')

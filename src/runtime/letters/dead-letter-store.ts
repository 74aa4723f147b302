import type { DeadLetter } from '../../model/api.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import { printable } from '../../model/printable.js'
import { Held } from '../flow/held.js'
import type { DeadLetterFilter } from '../host.js'
import { type KeptLetter, KeptLetters, letterOfLine, lineOfLetter, type OriginalMessage } from './kept-letters.js'
import type { LetterFile } from './letter-file.js'
import { firstOutputIndex, LetterNames } from './letter-names.js'
import { LetterWriter, type LetterWriterOptions } from './letter-writer.js'
import type { RetryMark } from './retry-mark.js'

const defaultMemoryBytes = 16 * 2 ** 20
const sampleChars = 200
/** Of so many kinds of letters the log tells the first; a source and a code make a kind. */
const toldKinds = 16

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
  /** Present where the bytes are a message. */
  readonly message?: OriginalMessage
}

export interface DeadLetterOptions extends LetterWriterOptions {
  /** Where letters are kept; undefined: in memory only. */
  readonly file: LetterFile | undefined
  /** Part of every id: entries count from 1 in each journal. */
  readonly origin: string
  readonly memoryBytes?: number
}

/** A letter in a snapshot: refused, and not in the file yet. */
export interface StoredLetter {
  readonly entry: number
  readonly index: number
  readonly refused: Refused
}

/** What has its line in the file: a letter, or that one came in again. */
type Item = StoredLetter | RetryMark

const isMark = (item: Item): item is RetryMark => 'id' in item
const isLetter = (item: Item): item is StoredLetter => !isMark(item)

/** The job's bad messages with their raw bytes: the newest in memory, all of them in a file, where they are before they are settled. */
export class DeadLetterStore {
  readonly #options: DeadLetterOptions
  readonly #writer: LetterWriter<Item> | undefined
  readonly #kept: KeptLetters
  readonly #names: LetterNames
  /** As much of the file is read at a start. */
  readonly #memoryBytes: number
  /** Letters and marks of entries that are not durable. */
  readonly #held = new Held<Item>()
  readonly #told = new Set<string>()
  #durable = Number.POSITIVE_INFINITY
  total = 0

  constructor(options: DeadLetterOptions) {
    this.#options = options
    this.#writer = options.file && new LetterWriter(options.file, options)
    this.#memoryBytes = options.memoryBytes ?? defaultMemoryBytes
    this.#kept = new KeptLetters(this.#memoryBytes)
    this.#names = new LetterNames(options.job, options.origin)
  }

  /** Shows the letters of earlier starts; a file that cannot be read shows none, and the log says so. @throws see `LetterFile.open` */
  async load(): Promise<void> {
    const { file, log, job } = this.#options
    await file?.open?.()
    let damaged = 0
    try {
      for (const line of (await file?.tail(this.#memoryBytes)) ?? []) {
        const kept = letterOfLine(line)
        if (!kept) {
          this.#names.gap()
          damaged++
          continue
        }
        this.#kept.add(kept)
        if (kept.retriedIn === undefined) this.#names.stored(kept.letter.id)
        else this.#names.reached(kept.retriedIn)
      }
      if (damaged > 0) this.#tellDamaged(damaged)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.warn('earlier dead letters cannot be read', { code: 'MR423', job, reason })
    }
  }

  /** The last entry that the file of earlier starts tells of; it was durable then. */
  get told(): number {
    return this.#names.last
  }

  /** The sources have to wait: letters cannot be stored, or come faster than the disk takes them. */
  get full(): boolean {
    return this.#writer?.full ?? false
  }

  /** All entries below this one have their dead letters on the disk. */
  get oldestEntry(): number {
    return this.#writer?.oldestEntry ?? Number.POSITIVE_INFINITY
  }

  /** Why letters cannot be stored, while they cannot. */
  get failing(): string | undefined {
    return this.#writer?.failing
  }

  /** Letters of entries behind this one wait; the journal holds those up to it. */
  release(durable: number): void {
    this.#durable = durable
    for (const item of this.#held.take(durable)) this.#give(item)
  }

  /** Keeps one letter; its id is that of the journal, its entry, and its index among that entry's. One that the file holds is not kept again. */
  add(entry: number, index: number, refused: Refused): void {
    this.#hold({ entry, index, refused: { ...refused, bytes: refused.bytes.slice() } })
  }

  /** The letter's message came in again, by this entry. */
  retried(mark: RetryMark): void {
    this.#hold(mark)
  }

  #hold(item: Item): void {
    if (item.entry > this.#durable) this.#held.add(item.entry, item)
    else this.#give(item)
  }

  #give(item: Item): void {
    if (isMark(item)) this.#mark(item)
    else this.#take(item)
  }

  /** Keeps what a sink refused, of an entry that is durable; resolves when it is on the disk, and never if the store is closed before. */
  keepOutput(entry: number, ordinal: number, refused: Refused): Promise<void> {
    return new Promise(resolve => this.#take({ entry, index: firstOutputIndex + ordinal, refused }, resolve))
  }

  /** What is not in the file, for a snapshot. */
  snapshot(): { readonly letters: readonly StoredLetter[]; readonly retried: readonly RetryMark[] } {
    const items = [...(this.#writer?.unwritten() ?? []), ...this.#held.all()]
    return { letters: items.filter(isLetter), retried: items.filter(isMark) }
  }

  restore(letters: readonly StoredLetter[], retried: readonly RetryMark[]): void {
    for (const letter of letters) {
      this.#take(letter)
      // An output may be in the snapshot, too, and be refused once more.
      this.#names.stored(this.#names.of(letter))
    }
    for (const mark of retried) this.#mark(mark)
  }

  #take(stored: StoredLetter, kept: () => void = () => undefined): void {
    const { entry, refused } = stored
    if (this.#names.isStored(stored)) {
      kept()
      return
    }
    const { job } = this.#options
    const { bytes, message } = refused
    const letter: DeadLetter = {
      id: this.#names.of(stored),
      job,
      source: refused.source,
      code: refused.code,
      reason: refused.reason,
      ...(refused.path !== undefined && { path: refused.path }),
      at: refused.at,
      sample: printable((refused.sample ?? new TextDecoder().decode(bytes.subarray(0, sampleChars))).slice(0, sampleChars)),
      size: bytes.length,
      ...(message?.whole && !message.cut && { retryable: true }),
    }
    const whole: KeptLetter = { letter, bytes, ...(message && { message }) }
    this.total++
    this.#tell(letter)
    this.#kept.add(whole)
    if (this.#writer) this.#writer.add({ entry, line: lineOfLetter(whole), item: stored, kept })
    else kept()
  }

  #tellDamaged(lines: number): void {
    const { job, log } = this.#options
    const { code, message, hint } = new MillraceError(
      'MR428',
      `the file of dead letters holds ${lines} damaged ${lines === 1 ? 'line' : 'lines'}`,
    )
    log.warn(message, { code, job, hint })
  }

  /** The first of its kind: who has only the terminal learns that something is refused, and not of each message. */
  #tell({ id, source, code, reason }: DeadLetter): void {
    const kind = `${code} ${source}`
    if (this.#told.has(kind) || this.#told.size === toldKinds) return
    this.#told.add(kind)
    const { job, log } = this.#options
    log.warn(`refused: ${reason}. Further ones of this kind: millrace dead-letters ls`, { code, job, source, letter: id })
  }

  /** Once: a replay marks again what the file says already. */
  #mark(mark: RetryMark): void {
    const { entry, id, at } = mark
    const retriedIn = this.#names.ofEntry(entry)
    const letter = this.#kept.retried(id, at, retriedIn)
    if (!letter) return
    // The letter once more, without its bytes: whoever reads the file takes the later line.
    const line = lineOfLetter({ letter, bytes: noBytes, retriedIn })
    this.#writer?.add({ entry, line, item: mark, kept: () => undefined })
  }

  /** Newest first, each as `told` tells it. */
  list(filter: DeadLetterFilter, told?: (letter: DeadLetter) => DeadLetter): readonly DeadLetter[] {
    return this.#kept.list(filter, told)
  }

  /** A letter that is still in memory. */
  find(id: string): KeptLetter | undefined {
    return this.#kept.find(id)
  }

  /** The letter that the message of another became when it came in again; undefined where it was not refused again. */
  refusedAgain(id: string): DeadLetter | undefined {
    const entry = this.find(id)?.retriedIn
    return entry === undefined ? undefined : this.#kept.ofEntry(entry)
  }

  async close(): Promise<void> {
    await this.#writer?.close()
  }
}

const noBytes = new Uint8Array(0)

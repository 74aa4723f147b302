import type { DeadLetter } from '../model/api.js'
import type { Log, RandomSource, TimeSource } from '../model/seams.js'
import { BackOff } from './back-off.js'
import { DeadLetterFile } from './dead-letter-file.js'
import type { DeadLetterFilter } from './host.js'

const defaultMemoryBytes = 16 * 2 ** 20
const sampleBytes = 200
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
}

export interface DeadLetterOptions {
  readonly job: string
  /** `dead-letters.ndjson` in the job's data folder; undefined: memory only. */
  readonly path: string | undefined
  readonly memoryBytes?: number
  readonly real: TimeSource
  readonly random: RandomSource
  readonly log: Log
  /** Called when letters have reached the disk. */
  readonly onStored: () => void
}

interface Kept {
  readonly letter: DeadLetter
  readonly bytes: Uint8Array
}

interface Unstored {
  readonly entry: number
  readonly line: string
}

/** The job's bad messages with their raw bytes: the newest in memory, all of them in a file, where they are before they are settled. */
export class DeadLetterStore {
  readonly #options: DeadLetterOptions
  readonly #file: DeadLetterFile | undefined
  readonly #backOff: BackOff
  /** Oldest first. */
  #kept: Kept[] = []
  #first = 0
  #bytes = 0
  #unstored: Unstored[] = []
  #storing: readonly Unstored[] = []
  #closed = false
  #failing: string | undefined
  total = 0

  constructor(options: DeadLetterOptions) {
    this.#options = options
    this.#file = options.path === undefined ? undefined : new DeadLetterFile(options.path)
    this.#backOff = new BackOff(options.random)
  }

  /** All entries below this one have their dead letters on the disk. */
  get oldestEntry(): number {
    return this.#storing[0]?.entry ?? this.#unstored[0]?.entry ?? Number.POSITIVE_INFINITY
  }

  /** Why letters cannot be stored, while they cannot. */
  get failing(): string | undefined {
    return this.#failing
  }

  /** Keeps one letter; its id is its entry and its index among that entry's. */
  add(entry: number, index: number, refused: Refused): void {
    const { job } = this.#options
    const bytes = refused.bytes.slice()
    const letter: DeadLetter = {
      id: `${job}.${entry}.${index}`,
      job,
      source: refused.source,
      code: refused.code,
      reason: refused.reason,
      ...(refused.path !== undefined && { path: refused.path }),
      at: refused.at,
      sample: sample(bytes),
      size: bytes.length,
    }
    this.total++
    this.#kept.push({ letter, bytes })
    this.#bytes += bytes.length + overhead
    this.#forgetOldest()
    if (!this.#file) return
    const { sample: _, ...stored } = letter
    this.#unstored.push({ entry, line: `${JSON.stringify({ ...stored, bytes: Buffer.from(bytes).toString('base64') })}\n` })
    if (this.#storing.length === 0) void this.#store(this.#file)
  }

  #forgetOldest(): void {
    const bound = this.#options.memoryBytes ?? defaultMemoryBytes
    while (this.#bytes > bound && this.#first < this.#kept.length - 1) this.#bytes -= this.#kept[this.#first++]!.bytes.length + overhead
    if (this.#first > 1024 && this.#first > this.#kept.length / 2) {
      this.#kept = this.#kept.slice(this.#first)
      this.#first = 0
    }
  }

  async #store(file: DeadLetterFile): Promise<void> {
    while (this.#unstored.length > 0 && !this.#closed) {
      this.#storing = this.#unstored
      this.#unstored = []
      await this.#append(file, this.#storing.map(item => item.line).join(''))
      this.#storing = []
      this.#options.onStored()
    }
  }

  /** Tries until it succeeds: meanwhile the messages stay unsettled and their source waits. */
  async #append(file: DeadLetterFile, lines: string): Promise<void> {
    while (!this.#closed) {
      try {
        await file.append(lines)
        this.#failing = undefined
        this.#backOff.reset()
        return
      } catch (error) {
        this.#failing = error instanceof Error ? error.message : String(error)
        this.#options.log.error('dead letters not stored', { code: 'MR423', job: this.#options.job, reason: this.#failing })
        await file.close().catch(() => undefined)
        await new Promise<void>(resolve => this.#options.real.after(this.#backOff.next(), resolve))
      }
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

  /** The raw bytes of a letter that is still in memory. */
  bytesOf(id: string): Uint8Array | undefined {
    for (let i = this.#kept.length - 1; i >= this.#first; i--) if (this.#kept[i]!.letter.id === id) return this.#kept[i]!.bytes
    return undefined
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#file?.close()
  }
}

/** The first bytes as text; what cannot be printed as ·. */
function sample(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, sampleBytes))
  return text.replace(/[\p{Cc}\p{Cf}\uFFFD]/gu, '·')
}

import { Backoff } from '../../model/backoff.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import type { Log, RandomSource, TimeSource } from '../../model/seams.js'
import { Pause } from '../flow/pause.js'
import type { LetterFile } from './letter-file.js'

export interface LetterWriterOptions {
  readonly job: string
  readonly real: TimeSource
  readonly random: RandomSource
  readonly log: Log
  readonly reached: (point: 'letters-appended') => void
  /** Called when lines have reached the disk. */
  readonly onStored: () => void
  /** Called when lines can never be stored by this process: its folder has another owner. */
  readonly failed: (error: MillraceError) => void
}

/** A line on its way to the disk. */
export interface WaitingLine<T> {
  readonly entry: number
  readonly line: string
  /** What the line says, for a snapshot that is taken meanwhile. */
  readonly item: T
  /** It is on the disk. */
  readonly kept: () => void
}

/** Lines that wait for the disk may hold so many bytes before the sources are made to wait. */
const waitingBytes = 8 * 2 ** 20

/** Brings lines to a file in order and in groups, for as long as the disk refuses them; meanwhile the sources wait. */
export class LetterWriter<T> {
  readonly #file: LetterFile
  readonly #options: LetterWriterOptions
  readonly #backoff: Backoff
  readonly #pause = new Pause()
  #waiting: WaitingLine<T>[] = []
  #writing: readonly WaitingLine<T>[] = []
  #bytes = 0
  #closed = false
  #failing: string | undefined
  #work: Promise<void> = Promise.resolve()

  constructor(file: LetterFile, options: LetterWriterOptions) {
    this.#file = file
    this.#options = options
    this.#backoff = new Backoff(options.random)
  }

  get full(): boolean {
    return this.#failing !== undefined || this.#bytes >= waitingBytes
  }

  /** Why nothing can be stored, while nothing can. */
  get failing(): string | undefined {
    return this.#failing
  }

  /** All entries below this one have their lines on the disk. */
  get oldestEntry(): number {
    return this.#writing[0]?.entry ?? this.#waiting[0]?.entry ?? Number.POSITIVE_INFINITY
  }

  /** What is not on the disk, oldest first. */
  unwritten(): readonly T[] {
    return [...this.#writing, ...this.#waiting].map(({ item }) => item)
  }

  add(waiting: WaitingLine<T>): void {
    this.#waiting.push(waiting)
    this.#bytes += waiting.line.length
    if (this.#writing.length === 0) this.#work = this.#write()
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#closed) {
      this.#writing = this.#waiting
      this.#waiting = []
      if (!(await this.#append(this.#writing.map(({ line }) => line).join('')))) return
      const written = this.#writing
      this.#writing = []
      this.#options.reached('letters-appended')
      for (const { line, kept } of written) {
        this.#bytes -= line.length
        kept()
      }
      this.#options.onStored()
    }
  }

  /** Tries until it succeeds, or the writer is closed (false): meanwhile the messages stay unsettled and their source waits. */
  async #append(lines: string): Promise<boolean> {
    while (!this.#closed) {
      try {
        await this.#file.append(lines)
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
        await this.#file.close().catch(() => undefined)
        if (this.#closed) return false
        await this.#pause.wait(this.#options.real, this.#backoff.next())
      }
    }
    return false
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#pause.cut()
    await this.#work
    await this.#file.close().catch(() => undefined)
  }
}

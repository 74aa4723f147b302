import type { Chunk } from '../../model/chunk.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import { Held } from '../flow/held.js'

/** Retries that may wait for their turn. */
const mostWaiting = 256

/** A dead letter on its way in again. */
export interface Retry {
  /** Of the letter. */
  readonly id: string
  readonly source: string
  readonly chunk: Chunk
}

/** A retry whose turn it is. */
export interface NextRetry {
  readonly retry: Retry
  /** To be called with its entry when that has gone through. */
  readonly took: (entry: number) => void
}

interface Waiting {
  readonly retry: Retry
  readonly resolve: () => void
  readonly reject: (error: MillraceError) => void
}

/** Retries on their way into a job: one after the other, each an entry of its own, done when that is durable. */
export class RetryLine {
  readonly #job: string
  readonly #waiting: Waiting[] = []
  readonly #held = new Held<Waiting>()
  readonly #underway = new Set<string>()

  constructor(job: string) {
    this.#job = job
  }

  has(id: string): boolean {
    return this.#underway.has(id)
  }

  /** Resolves when the retry is in the journal, or, without one, has gone through. @throws MR475 */
  async add(retry: Retry, wake: () => void): Promise<void> {
    if (this.#waiting.length >= mostWaiting) throw this.#refusal(`${mostWaiting} retries wait already`)
    this.#underway.add(retry.id)
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push({ retry, resolve, reject })
        wake()
      })
    } finally {
      this.#underway.delete(retry.id)
    }
  }

  next(): NextRetry | undefined {
    const [first] = this.#waiting
    if (!first) return undefined
    const took = (entry: number): void => {
      this.#waiting.shift()
      this.#held.add(entry, first)
    }
    return { retry: first.retry, took }
  }

  /** All entries up to this one are durable. */
  release(durable: number): void {
    for (const { resolve } of this.#held.take(durable)) resolve()
  }

  /** The run is over: what has not come in does not. */
  end(): void {
    const left = [...this.#waiting.splice(0), ...this.#held.take(Number.POSITIVE_INFINITY)]
    for (const { reject } of left) reject(this.#refusal('its run ended before the retry was kept; look whether the letter is marked'))
  }

  #refusal(reason: string): MillraceError {
    return new MillraceError('MR475', `'${this.#job}' takes no retry: ${reason}`)
  }
}

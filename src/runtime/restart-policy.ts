import { Backoff } from '../model/backoff.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { RandomSource } from '../model/seams.js'

/** Restarts in a row before the job is given up; … */
const mostRestarts = 5
/** … a run of so many real ms breaks the row. */
const healthyMs = 60_000

/** Real ms between two attempts on a full disk, at first and at most: each may read and write as much as there is space for. */
const [firstSpaceMs, mostSpaceMs] = [2_000, 15_000]

/** How often, and after which pauses, a broken job is started again. */
export class RestartPolicy {
  readonly #backoff: Backoff
  readonly #space: Backoff
  #began = 0

  constructor(random: RandomSource) {
    this.#backoff = new Backoff(random)
    this.#space = new Backoff(random, firstSpaceMs, mostSpaceMs)
  }

  /** A run began; real monotonic ms. */
  began(at: number): void {
    this.#began = at
  }

  /** Real ms to wait before the next run; undefined: no further one. */
  pause(at: number): number | undefined {
    if (at - this.#began >= healthyMs) this.#backoff.reset()
    return this.#backoff.attempts >= mostRestarts ? undefined : this.#backoff.next()
  }

  /** Real ms to wait until a full disk is asked again, however often that was. */
  pauseForSpace(at: number): number {
    if (at - this.#began >= healthyMs) this.#space.reset()
    return this.#space.next()
  }

  usedUp(job: string, error: MillraceError): MillraceError {
    return new MillraceError('MR411', `'${job}' failed ${mostRestarts + 1} times in a row: ${error.message}`, {
      cause: error,
      hint: error.hint,
      notes: error.notes,
      ...(error.place && { place: error.place }),
    })
  }
}

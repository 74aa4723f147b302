import { Backoff } from '../model/backoff.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { RandomSource } from '../model/seams.js'

/** Restarts in a row before the job is given up; … */
const mostRestarts = 5
/** … a run of so many real ms breaks the row. */
const healthyMs = 60_000

/** How often, and after which pauses, a broken job is started again. */
export class RestartPolicy {
  readonly #backoff: Backoff
  #began = 0

  constructor(random: RandomSource) {
    this.#backoff = new Backoff(random)
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

  usedUp(job: string, error: MillraceError): MillraceError {
    return new MillraceError('MR411', `'${job}' failed ${mostRestarts + 1} times in a row: ${error.message}`, {
      cause: error,
      hint: error.hint,
      notes: error.notes,
      ...(error.place && { place: error.place }),
    })
  }
}

import type { TimeSource } from '../model/seams.js'
import type { DrainOptions } from './job-runner-options.js'

/** How a job ends, and how long that may take. */
export class Ending {
  static readonly deadlineMs = 30_000
  /** Fire the windows that are open. */
  readonly firePartial: boolean
  readonly #real: TimeSource
  readonly #deadlineMs: number
  readonly #endsAt: number

  constructor(real: TimeSource, { firePartial, deadlineMs = Ending.deadlineMs }: DrainOptions) {
    this.firePartial = firePartial
    this.#real = real
    this.#deadlineMs = deadlineMs
    this.#endsAt = real.monotonic() + deadlineMs
  }

  /** Real ms that sinks may take from now on: what is left of the time, and half of it in any case. */
  get sinkMs(): number {
    return Math.max(this.#endsAt - this.#real.monotonic(), this.#deadlineMs / 2)
  }
}

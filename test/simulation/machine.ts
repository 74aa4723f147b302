import type { Scheduler } from './scheduler.js'
import type { SeededRandom } from './seeded-random.js'
import type { SimProcess } from './sim-process.js'
import type { Invariant } from './violation.js'

/** What all parts of a simulated world share. */
export interface Machine {
  readonly scheduler: Scheduler
  /** Randomness of one part of the world; other parts do not change it. */
  fork(name: string): SeededRandom
  trace(line: string): void
  /** Notes that an invariant does not hold; the first one counts. */
  violated(invariant: Invariant, what: string): void
  /** Whether one of the marks of a message is in a journal file that a loss of power would leave. */
  isDurable(mark: Uint8Array): boolean
  /** Whether the process has read that it was replaced. */
  isReplaced(process: SimProcess): boolean
}

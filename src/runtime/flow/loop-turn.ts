import type { TimeSource } from '../../model/seams.js'
import { yieldTurn } from './yield-turn.js'

/** Real ms after which other work of the process gets its turn; with the longest slice behind it, 10. */
const longestMs = 6

/** How long the event loop has been kept: who works in pieces asks between any two, and lets sockets and timers have theirs. */
export class LoopTurn {
  readonly #real: Pick<TimeSource, 'monotonic'>
  #began: number

  constructor(real: Pick<TimeSource, 'monotonic'>) {
    this.#real = real
    this.#began = real.monotonic()
  }

  /** Real ms since it began. */
  get ms(): number {
    return this.#real.monotonic() - this.#began
  }

  get isOver(): boolean {
    return this.ms > longestMs
  }

  /** Lets others have their turn; then the next one begins. */
  async give(): Promise<void> {
    await yieldTurn()
    this.#began = this.#real.monotonic()
  }
}

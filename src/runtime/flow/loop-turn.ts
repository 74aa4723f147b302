import type { TimeSource } from '../../model/seams.js'
import { yieldTurn } from './yield-turn.js'

/** Real ms after which other work of the process gets its turn; with the longest slice behind it, 10. */
const longestMs = 6

/** How long the event loop has been kept: who works in pieces asks between any two, and lets sockets and timers have theirs. */
export class LoopTurn {
  readonly #real: Pick<TimeSource, 'monotonic'>
  readonly #given: () => void
  #began: number

  /** `given` is called when others have had their turn; what it throws ends the work. */
  constructor(real: Pick<TimeSource, 'monotonic'>, given = (): void => undefined) {
    this.#real = real
    this.#given = given
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
    this.#given()
    this.#began = this.#real.monotonic()
  }
}

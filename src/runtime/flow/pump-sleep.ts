import type { TimeSource } from '../../model/seams.js'

/** How a pump waits for something to do, and how long it has waited so far. */
export class PumpSleep {
  readonly #real: TimeSource
  #resolve: (() => void) | undefined
  #woken = false
  #since: number | undefined
  #ms = 0

  constructor(real: TimeSource) {
    this.#real = real
  }

  /** Real ms spent waiting. */
  get ms(): number {
    return this.#ms + (this.#since === undefined ? 0 : this.#real.monotonic() - this.#since)
  }

  /** Something changed; cheap, from anywhere. */
  readonly wake = (): void => {
    this.#woken = true
    this.#resolve?.()
  }

  /** A look at everything begins: what changes from here on is not slept through. */
  rise(): void {
    this.#woken = false
  }

  /** Until `wake`; `timers` sets what may call it and gives how to take it back. */
  async sleep(timers: () => readonly (() => void)[]): Promise<void> {
    if (this.#woken) return
    let set: readonly (() => void)[] = []
    this.#since = this.#real.monotonic()
    await new Promise<void>(resolve => {
      this.#resolve = resolve
      set = timers()
    })
    this.#resolve = undefined
    for (const cancel of set) cancel()
    this.#ms = this.ms
    this.#since = undefined
  }
}

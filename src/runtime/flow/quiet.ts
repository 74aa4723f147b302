import type { TimeSource } from '../../model/seams.js'

/** Waits, for a bounded time, until nothing is under way any more. */
export class Quiet {
  readonly #real: TimeSource
  #look: () => void = () => undefined
  #giveUp: () => void = () => undefined

  constructor(real: TimeSource) {
    this.#real = real
  }

  /** Something changed. */
  look(): void {
    this.#look()
  }

  /** It will never be: whoever waits is told so. */
  giveUp(): void {
    this.#giveUp()
  }

  /** Resolves true as soon as `isQuiet` holds, false after `deadlineMs` real ms. */
  wait(isQuiet: () => boolean, deadlineMs: number): Promise<boolean> {
    if (isQuiet()) return Promise.resolve(true)
    return new Promise(resolve => {
      const end = (result: boolean) => {
        this.#look = () => undefined
        this.#giveUp = () => undefined
        cancel()
        resolve(result)
      }
      const cancel = this.#real.after(deadlineMs, () => end(false))
      this.#giveUp = () => end(false)
      this.#look = () => {
        if (isQuiet()) end(true)
      }
    })
  }
}

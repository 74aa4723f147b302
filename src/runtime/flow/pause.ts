import type { TimeSource } from '../../model/seams.js'

/** A wait that can be cut short; one at a time. */
export class Pause {
  /** Ends the wait that is on, if there is one. */
  cut: () => void = () => undefined

  /** Resolves after this many ms, or when the wait is cut. */
  async wait(time: TimeSource, ms: number): Promise<void> {
    await new Promise<void>(resolve => {
      const cancel = time.after(ms, resolve)
      this.cut = () => {
        cancel()
        resolve()
      }
    })
  }
}

const firstPauseMs = 100
const longestPauseMs = 2_000
/** The file is somebody else's, or its folder is gone. */
const final: ReadonlySet<string | undefined> = new Set(['EEXIST', 'ENOENT'])

/** Thrown where work was given up because the log is closed. */
export class Closed extends Error {}

/** A disk that takes nothing at present, full above all, is asked again, with growing pauses, until it does. */
export class PatientDisk {
  readonly #after: (ms: number, callback: () => void) => () => void
  #wake: (() => void) | undefined
  #closed = false
  /** Why it takes nothing, while it does not. */
  failing: string | undefined

  constructor(after: (ms: number, callback: () => void) => () => void) {
    this.#after = after
  }

  /** @throws Closed; EEXIST and ENOENT, which no waiting mends. */
  async untilDone<T>(work: () => Promise<T>): Promise<T> {
    for (let pause = firstPauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
      try {
        const result = await work()
        this.failing = undefined
        return result
      } catch (error) {
        if (final.has((error as NodeJS.ErrnoException).code)) throw error
        this.failing = error instanceof Error ? error.message : String(error)
        await this.#pause(pause)
      }
    }
  }

  /** What waits now is given up. */
  close(): void {
    this.#closed = true
    this.#wake?.()
  }

  async #pause(ms: number): Promise<void> {
    if (!this.#closed) {
      await new Promise<void>(resolve => {
        const cancel = this.#after(ms, resolve)
        this.#wake = () => {
          cancel()
          resolve()
        }
      })
    }
    this.#wake = undefined
    if (this.#closed) throw new Closed(`the log was closed while nothing could be written: ${this.failing}`)
  }
}

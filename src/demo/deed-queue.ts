/** Deeds that may wait: a key that is held down must not fill a queue. */
const most = 4

/** Runs deeds one after the other. */
export class DeedQueue {
  #last: Promise<void> = Promise.resolve()
  #waiting = 0

  get full(): boolean {
    return this.#waiting >= most
  }

  /** Runs it when those before it have ended, however they ended. */
  run(deed: () => Promise<void>): Promise<void> {
    this.#waiting++
    const done = this.#last.then(deed)
    this.#last = done
      .catch(() => undefined)
      .then(() => {
        this.#waiting--
      })
    return done
  }
}

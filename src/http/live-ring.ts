/** A frame of one view's changes with its place in the flow. */
export interface RingFrame {
  readonly offset: number
  readonly view: string
  readonly frame: Buffer
}

/** The latest frames within a bound of bytes, for readers that come back. */
export class LiveRing {
  #frames: RingFrame[] = []
  #size = 0
  readonly #bound: number
  /** Frames after this offset are all here. */
  complete: number

  constructor(bound: number, offset: number) {
    this.#bound = bound
    this.complete = offset
  }

  push(frame: RingFrame): void {
    this.#frames.push(frame)
    this.#size += frame.frame.length
    while (this.#size > this.#bound) {
      // At once: a frame may take megabytes, and nobody is given it any more.
      const gone = this.#frames.shift()!
      this.#size -= gone.frame.length
      this.complete = gone.offset
    }
  }

  /** The frames of some views after an offset. */
  after(offset: number, views: ReadonlySet<string>): readonly RingFrame[] {
    return this.#frames.filter(frame => frame.offset > offset && views.has(frame.view))
  }
}

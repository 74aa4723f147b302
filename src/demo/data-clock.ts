import type { TimeSource } from '../model/seams.js'

/** What a data clock showed at an instant, and how it goes on: all that another process needs to follow it. */
export interface ClockReading {
  /** Ms since the epoch of the data. */
  readonly at: number
  /** Data ms a real ms. */
  readonly speed: number
  readonly running: boolean
}

interface Timer {
  readonly due: number
  readonly callback: () => void
  cancel: () => void
}

/**
 * The clock of a demo: it runs `speed` times as fast as `base` and can stand still. What it shows follows from real time
 * and the pauses alone, so that a process started later shows the same: it is given a reading and how long ago, in real
 * ms, that was taken. Durations given to `after` are its own ms; while it stands still, no timer fires. It never goes back.
 * `monotonic` leaves out what it leaps over when its horizon lets it go: a process that stood still has watched nobody meanwhile.
 *
 * @example
 * const clock = new DataClock(systemTime, { at: Date.parse('2010-05-03T00:00:00Z'), speed: 60, running: true })
 * clock.pause()
 * clock.reading() // for another process: new DataClock(itsTime, reading, ageMs)
 */
export class DataClock implements TimeSource {
  readonly #base: TimeSource
  readonly #start: number
  readonly #speed: number
  readonly #timers = new Set<Timer>()
  /** Data ms since the start, when `#since` was taken. */
  #elapsed = 0
  #since: number
  #running: boolean
  /** Data ms since the start that it may show at most. */
  #horizon = Number.POSITIVE_INFINITY
  /** Data ms that it leapt over because its horizon had held it back. */
  #leapt = 0

  constructor(base: TimeSource, reading: ClockReading, ageMs = 0) {
    this.#base = base
    this.#start = reading.at
    this.#speed = reading.speed
    this.#running = reading.running
    this.#since = base.monotonic() - ageMs
  }

  get running(): boolean {
    return this.#running
  }

  // From the monotonic clock: a jump of the machine's wall clock must not be multiplied by the speed.
  readonly wall = (): number => Math.floor(this.#start + this.#shown())

  /** The time that passed under the eyes of this process: what it leapt over has not, and is no silence of anybody. */
  readonly monotonic = (): number => this.#shown() - this.#leapt

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer: Timer = { due: this.#shown() + Math.max(ms, 0), callback, cancel: () => undefined }
    this.#timers.add(timer)
    if (this.#running) this.#arm(timer)
    return () => {
      timer.cancel()
      this.#timers.delete(timer)
    }
  }

  pause(): void {
    this.#turn(false, this.#shown())
  }

  resume(): void {
    this.#turn(true, this.#shown())
  }

  reading(): ClockReading {
    return { at: this.#start + this.#shown(), speed: this.#speed, running: this.#running }
  }

  /**
   * Takes over what another clock of the same speed showed `ageMs` real ms ago, and goes on to `horizon` (ms since the
   * epoch of the data) at most until it is told more.
   */
  follow(reading: ClockReading, ageMs: number, horizon = Number.POSITIVE_INFINITY): void {
    const [shown, free] = [this.#shown(), this.#free()]
    const told = reading.at - this.#start + (reading.running ? ageMs * this.#speed : 0)
    this.#leapt += Math.max(0, Math.min(told, free) - shown)
    this.#horizon = Math.max(horizon - this.#start, shown)
    // Free of the old horizon and of small differences: it is the other clock that counts.
    this.#turn(reading.running, Math.max(told, shown))
  }

  readonly #shown = (): number => Math.min(this.#free(), this.#horizon)

  readonly #free = (): number => this.#elapsed + (this.#running ? (this.#base.monotonic() - this.#since) * this.#speed : 0)

  #turn(running: boolean, elapsed: number): void {
    this.#elapsed = elapsed
    this.#since = this.#base.monotonic()
    this.#running = running
    for (const timer of this.#timers) {
      timer.cancel()
      if (running) this.#arm(timer)
    }
  }

  #arm(timer: Timer): void {
    const wait = (timer.due - this.#shown()) / this.#speed
    timer.cancel = this.#base.after(wait, () => {
      // The horizon has held the clock back meanwhile.
      if (timer.due - this.#shown() > this.#speed) return this.#arm(timer)
      this.#timers.delete(timer)
      timer.callback()
    })
  }
}

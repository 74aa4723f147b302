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

  readonly wall = (): number => Math.floor(this.#start + this.monotonic())

  // From the monotonic clock: a jump of the machine's wall clock must not be multiplied by the speed.
  readonly monotonic = (): number => this.#elapsed + (this.#running ? (this.#base.monotonic() - this.#since) * this.#speed : 0)

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer: Timer = { due: this.monotonic() + Math.max(ms, 0), callback, cancel: () => undefined }
    this.#timers.add(timer)
    if (this.#running) this.#arm(timer)
    return () => {
      timer.cancel()
      this.#timers.delete(timer)
    }
  }

  pause(): void {
    this.#turn(false, this.monotonic())
  }

  resume(): void {
    this.#turn(true, this.monotonic())
  }

  reading(): ClockReading {
    return { at: this.#start + this.monotonic(), speed: this.#speed, running: this.#running }
  }

  /** Takes over what another clock of the same speed showed `ageMs` real ms ago. */
  follow(reading: ClockReading, ageMs: number): void {
    const shown = reading.at - this.#start + (reading.running ? ageMs * this.#speed : 0)
    this.#turn(reading.running, Math.max(shown, this.monotonic()))
  }

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
    timer.cancel = this.#base.after((timer.due - this.monotonic()) / this.#speed, () => {
      this.#timers.delete(timer)
      timer.callback()
    })
  }
}

import type { TimeSource } from '../../src/model/seams.js'
import type { Scheduler } from './scheduler.js'

/** The start of virtual time on the wall, ms since the epoch. */
export const wallStart = 1_700_000_000_000

/**
 * A process of the operating system as the simulator sees it: whatever calls into it comes through `enter`. Killed, its
 * code may still run to the end of the present event, but nothing that it does has an effect (`dead`), and nothing calls
 * it any more. Stopped, all calls wait until it goes on.
 */
export class SimProcess {
  readonly number: number
  readonly time: TimeSource
  #state: 'running' | 'stopped' | 'dead' = 'running'
  #held: (() => void)[] = []
  readonly #onDeath: (() => void)[] = []
  readonly #scheduler: Scheduler
  /** Moves the wall clock alone. */
  wallOffset = 0
  timers = 0
  /** When another process took its data folder over; +Infinity: not yet. */
  replacedAt = Number.POSITIVE_INFINITY

  constructor(number: number, scheduler: Scheduler) {
    this.number = number
    this.#scheduler = scheduler
    this.time = {
      wall: () => Math.floor(wallStart + this.#scheduler.now + this.wallOffset),
      monotonic: () => this.#scheduler.now,
      after: (ms, callback) => {
        if (this.dead) return () => undefined
        this.timers++
        let due = false
        const end = () => {
          if (due) return
          due = true
          this.timers--
        }
        // No timer of a system comes at once: real time passes meanwhile.
        const cancel = this.#scheduler.after(Math.max(ms, 0.05), () => {
          end()
          this.enter(() => {
            if (!cancelled) callback()
          })
        })
        let cancelled = false
        return () => {
          cancelled = true
          end()
          cancel()
        }
      },
    }
  }

  get dead(): boolean {
    return this.#state === 'dead'
  }

  get stopped(): boolean {
    return this.#state === 'stopped'
  }

  /** Calls into the process, now or when it goes on, or never. */
  enter(callback: () => void): void {
    if (this.#state === 'stopped') this.#held.push(callback)
    else if (this.#state === 'running') callback()
  }

  /** Called when the process is killed: its sockets and files are closed then. */
  onDeath(callback: () => void): void {
    this.#onDeath.push(callback)
  }

  kill(): void {
    if (this.dead) return
    this.#state = 'dead'
    this.#held = []
    for (const callback of this.#onDeath) callback()
  }

  stop(): void {
    if (this.#state === 'running') this.#state = 'stopped'
  }

  /** All that waited comes late, in its order, and nothing newer before it. */
  resume(): void {
    if (this.#state !== 'stopped') return
    const step = () => {
      const next = this.#held.shift()
      if (this.dead) return
      if (!next) {
        this.#state = 'running'
        return
      }
      next()
      this.#scheduler.after(0, step)
    }
    this.#scheduler.after(0, step)
  }
}

import type { TimeSource } from '../../model/seams.js'

/** Time that stands still until a test moves it. */
export interface VirtualTime extends TimeSource {
  /**
   * Moves time on by `ms`, calls timers at their own instants, and lets pending promises and I/O callbacks run at
   * each of them.
   */
  advance(ms: number): Promise<void>
  /** Moves time on at once: timers that became due are called afterwards, as when the process was stopped meanwhile. */
  jump(ms: number): Promise<void>
  /** Sets the wall clock alone, as an administrator would. */
  setWall(wall: number): void
  /** Lets what is due now run, without moving time. */
  settle(): Promise<void>
}

interface Timer {
  readonly at: number
  readonly callback: () => void
}

const macrotask = () => new Promise<void>(resolve => setImmediate(resolve))

/**
 * A clock for tests: `wall` starts at `startWall` (ms since the epoch), `monotonic` at 0.
 *
 * @example
 * const time = virtualTime(Date.parse('2026-01-01T00:00:00Z'))
 * await time.advance(120_000) // two minutes pass
 */
export function virtualTime(startWall = 0): VirtualTime {
  let now = 0
  let wallOffset = startWall
  const timers = new Set<Timer>()

  const settle = async () => {
    // A promise chain through several asynchronous stages needs several turns of the event loop.
    for (let i = 0; i < 8; i++) await macrotask()
  }
  const firstDue = (until: number): Timer | undefined => {
    let first: Timer | undefined
    for (const timer of timers) if (timer.at <= until && (!first || timer.at < first.at)) first = timer
    return first
  }

  return {
    wall: () => Math.floor(wallOffset + now),
    monotonic: () => now,
    after(ms, callback) {
      const timer = { at: now + Math.max(ms, 0), callback }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    setWall: wall => {
      wallOffset = wall - now
    },
    settle,
    jump(ms) {
      now += ms
      return this.advance(0)
    },
    async advance(ms) {
      const until = now + ms
      await settle()
      for (let timer = firstDue(until); timer; timer = firstDue(until)) {
        timers.delete(timer)
        now = Math.max(now, timer.at)
        timer.callback()
        await settle()
      }
      now = until
      await settle()
    },
  }
}

import type { TimeSource } from '../../model/seams.js'

/** The machine's clocks: the one place where real time enters. */
export const systemTime: TimeSource = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    // Node clamps longer timers to 1 ms, which would fire at once.
    const timer = setTimeout(callback, Math.min(Math.max(ms, 0), 2 ** 31 - 1))
    return () => clearTimeout(timer)
  },
}

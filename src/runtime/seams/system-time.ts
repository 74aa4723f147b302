import { readFileSync } from 'node:fs'
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
  ...(starvedMs() !== undefined && { starved: () => starvedMs() ?? 0 }),
}

/** As Linux counts it: the second number is ns in which the thread waited for a core. Other systems do not tell. */
function starvedMs(): number | undefined {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[1]) / 1e6
  } catch {
    return undefined
  }
}

import type { TimeSource } from '../../model/seams.js'

/**
 * A clock that runs `speed` times as fast as `base` and shows `startWall` (ms since the epoch) now: the demo's data
 * clock. Durations given to `after` are scaled ms.
 *
 * @example
 * const minuteASecond = scaledTime(systemTime, 60, Date.parse('2010-05-03T00:00:00Z'))
 */
export function scaledTime(base: TimeSource, speed: number, startWall: number): TimeSource {
  const start = base.monotonic()
  // From the monotonic clock: a jump of the machine's wall clock must not be multiplied by the speed.
  const elapsed = () => (base.monotonic() - start) * speed
  return {
    wall: () => Math.floor(startWall + elapsed()),
    monotonic: elapsed,
    after: (ms, callback) => base.after(ms / speed, callback),
  }
}

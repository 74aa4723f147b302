import type { RandomSource, TimeSource } from '../model/seams.js'
import type { DeviceLink } from './device-link.js'

export interface DemoParts {
  readonly link: DeviceLink
  /** The demo's clock, which may run faster than real time. */
  readonly time: TimeSource
  readonly random: RandomSource
  /** A line for the person who watches: an alert, a command that a valve obeyed. */
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/** The outside world of a demo job: devices that send and obey, and consumers of what the job writes. */
export interface DemoScript {
  readonly job: string
  /** Data seconds a real second. */
  readonly speed: number
  /** Where the data clock starts, ms since the epoch; undefined: with the machine's clock. */
  readonly startsAt: number | undefined
  /** Said on the page beside the clock. */
  readonly label: (speed: number) => string
  /** Plays until the signal. */
  play(parts: DemoParts): Promise<void>
}

/** Resolves after `ms` of the clock, or when the demo ends. */
export const pause = (time: TimeSource, ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (ms <= 0 || signal.aborted) return resolve()
    const cancel = time.after(ms, () => {
      signal.removeEventListener('abort', ended)
      resolve()
    })
    const ended = (): void => {
      cancel()
      resolve()
    }
    signal.addEventListener('abort', ended, { once: true })
  })

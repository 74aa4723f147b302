import type { RandomSource, TimeSource } from '../model/seams.js'
import type { ResultRow } from './compare-results.js'
import type { DeviceLink, DeviceMessage } from './device-link.js'

export interface DemoParts {
  readonly link: DeviceLink
  /** The demo's clock, which may run faster than real time and stand still. */
  readonly time: TimeSource
  readonly random: RandomSource
  /** A line for the person who watches: an alert, a command that a valve obeyed. */
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/** A message that the job must refuse. */
export interface BadMessage {
  readonly message: DeviceMessage
  /** What is wrong with it, as words behind `a message`: `that ends amid its JSON`. */
  readonly fault: string
}

/** Closed windows held against what the devices have sent. */
export interface WindowCheck {
  readonly windows: number
  readonly readings: number
  /** Windows that hold another number of readings than was sent for them, or are missing. */
  readonly wrong: number
}

/** The outside world of a demo job: devices that send and obey, and consumers of what the job writes. Of one demo. */
export interface DemoScript {
  readonly job: string
  /** Data seconds a real second. */
  readonly speed: number
  /** Where the data clock starts, ms since the epoch; undefined: with the machine's clock. */
  readonly startsAt: number | undefined
  /** Said on the page beside the clock. */
  readonly label: (speed: number) => string
  /** The node keeps what devices send while no job is attached: a queue does, a topic does not. */
  readonly kept: boolean
  /** Plays until the signal. */
  play(parts: DemoParts): Promise<void>
  /** The `turn`th message that the job must refuse. */
  bad(turn: number): BadMessage
  /** Readings of the time long before `now` that no window takes any more; absent where windows go by arrival. */
  late?(now: number, turn: number): readonly DeviceMessage[]
  /** Ms by which these are late. */
  readonly lateBy?: number
  /** Readings that the devices themselves have sent too late, so far. */
  readonly lateSent?: number
  /** Holds the closed windows that end after `since` against what was sent for them; absent where windows go by arrival. */
  check?(rows: readonly ResultRow[], since: number): WindowCheck
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

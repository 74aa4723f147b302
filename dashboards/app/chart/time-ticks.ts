import { clockTime, dayWords } from '../text/format.js'

const second = 1000
const minute = 60_000
const hour = 3_600_000
const day = 86_400_000

/** Ms that may lie between two ticks, ascending; near enough to each other that a narrow chart has more than one. */
export const timeSteps: number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 20, 30].map(count => count * second),
  ...[1, 2, 5, 10, 20, 30].map(count => count * minute),
  ...[1, 2, 3, 4, 6, 8, 12].map(count => count * hour),
  ...[1, 2, 3, 5, 7, 10, 15, 30, 60, 90, 180, 365, 730, 1825, 3650].map(count => count * day),
]

/** What a time axis is to say under its ticks. */
export interface TimeTicks {
  /** Ms since the epoch, ascending. */
  readonly ticks: readonly number[]
  /** Ms between two of them. */
  readonly step: number
  /** The job's clock: a day that is not its own is named. */
  readonly now: number
  /** Whether something else stands under a tick. */
  readonly isTaken?: (tick: number) => boolean
}

/**
 * Words for the ticks of a time axis, UTC: the time of day, with seconds where the ticks are that near; under it the day,
 * at the first tick where that is not today's, and at each that begins another one. Ticks that are days apart are days.
 *
 * @example
 * timeTicks({ ticks: [noon, midnight], step: 43_200_000, now: noon }) // ['12:00', '00:00\n13 May']
 */
export const timeTicks = ({ ticks, step, now, isTaken = () => false }: TimeTicks): readonly string[] => {
  let said = now
  const named = (ms: number): string => {
    const words = dayWords(ms, said)
    said = ms
    return words
  }
  return ticks.map(tick => {
    if (isTaken(tick)) return ''
    if (step >= day) return named(tick)
    const time = clockTime(tick, step % minute !== 0)
    return Math.floor(tick / day) === Math.floor(said / day) ? time : `${time}\n${named(tick)}`
  })
}

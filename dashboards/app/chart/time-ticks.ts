import { clockTime, dayWords } from '../text/format.js'

const minute = 60_000
const day = 86_400_000

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

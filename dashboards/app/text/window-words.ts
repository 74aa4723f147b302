import { exactMoment, finestMoment, moment } from './format.js'

const second = 1000
const minute = 60_000

/**
 * A stretch of the job's time, UTC, as exact as its ends are: `14:03–14:04`, `14:03:50–14:04:00`; a day is named where it is
 * another than `now`'s, and at the end where that is another than at the start.
 */
export const windowWords = (start: number, end: number, now: number): string => {
  const isOn = (step: number): boolean => start % step === 0 && end % step === 0
  const words = isOn(minute) ? moment : isOn(second) ? exactMoment : finestMoment
  return `${words(start, now)}–${words(end, start)}`
}

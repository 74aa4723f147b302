import { powerOfTen } from './power-of-ten.js'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** A count with thousands separators: `52,418`. */
export const count = (value: number): string => (Number.isFinite(value) ? whole.format(value) : '–')

/**
 * A measured value with about three significant digits: `27.9`, `0.042`, `1,013`; from 10⁹ on and below 10⁻⁴ as `1.42×10⁻⁹`. Absent
 * values are a dash, never NaN.
 */
export const reading = (value: number | null | undefined): string => {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size >= 1e9 || (size > 0 && size < 1e-4)) {
    const [digits, exponent] = value.toExponential(size >= 1e9 ? 3 : 2).split('e')
    return `${digits}${powerOfTen(Number(exponent))}`
  }
  if (size >= 1000) return whole.format(value)
  if (size >= 10 || size === 0) return value.toFixed(1)
  if (size >= 1) return value.toFixed(2)
  return value.toPrecision(2)
}

/** A rate in the largest unit that gives a readable number: `1,240/s`, `4/min`, `0/s`. */
export const rate = (perSecond: number): string => {
  if (!Number.isFinite(perSecond) || perSecond <= 0) return '0/s'
  if (perSecond >= 10) return `${whole.format(perSecond)}/s`
  if (perSecond >= 1) return `${trim(perSecond.toFixed(1))}/s`
  if (perSecond * 60 >= 1) return `${trim((perSecond * 60).toFixed(0))}/min`
  return `${trim((perSecond * 3600).toPrecision(2))}/h`
}

/** A duration in ms as words: `340 ms`, `1.2 s`, `42 s`, `3 min`, `2 h 5 min`, `4 d`. */
export const duration = (ms: number): string => {
  if (!Number.isFinite(ms)) return '–'
  const size = Math.max(0, ms)
  if (size < 1000) return size < 100 ? `${Math.round(size)} ms` : `${(size / 1000).toFixed(1)} s`
  if (size < 10_000) return `${trim((size / 1000).toFixed(1))} s`
  const seconds = Math.round(size / 1000)
  if (seconds < 120 && seconds !== 60) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  if (minutes < 48 * 60) return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return `${Math.round(minutes / 1440)} d`
}

/** Time of day of the job's clock, UTC: `14:03`, with seconds `14:03:12`. */
export const clockTime = (ms: number, seconds = false): string => {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return '–'
  return new Date(ms).toISOString().slice(11, seconds ? 19 : 16)
}

/** Date and time of the job's clock, UTC, for places where the day matters: `2010-05-12 14:03:12`. */
export const dateTime = (ms: number): string => {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return '–'
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

/** Time of day, with seconds on demand; with the day instead where that is another one than `now`'s: `14:03`, `2010-05-12 14:03`. */
export const moment = (ms: number, now: number, seconds = false): string =>
  isSameDay(ms, now) ? clockTime(ms, seconds) : dateTime(ms).slice(0, 16)

/** The same to the second: `14:03:12`, `2010-05-12 14:03:12`. */
export const exactMoment = (ms: number, now: number): string => (isSameDay(ms, now) ? clockTime(ms, true) : dateTime(ms))

/** The same to the millisecond: `14:03:12.500`, `2010-05-12 14:03:12.500`. */
export const finestMoment = (ms: number, now: number): string => {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return '–'
  const [date, time] = new Date(ms).toISOString().slice(0, -1).split('T')
  return isSameDay(ms, now) ? time! : `${date} ${time}`
}

/** A day as people say it, with the year where that is another one than `now`'s: `12 May`, `12 May 2004`. */
export const dayWords = (ms: number, now: number): string => {
  const [date, today] = [new Date(ms), new Date(now)]
  const year = date.getUTCFullYear() === today.getUTCFullYear() ? '' : ` ${date.getUTCFullYear()}`
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]}${year}`
}

const dayMs = 86_400_000
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const isSameDay = (ms: number, now: number): boolean => Math.floor(ms / dayMs) === Math.floor(now / dayMs)

/** A size in bytes as people read it: `840 B`, `12.5 KiB`, `1.2 GiB`. */
export const byteSize = (bytes: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB']
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)))
  return `${trim((bytes / 1024 ** step).toFixed(step === 0 ? 0 : 1))} ${units[step]}`
}

/** One of something, or many: `1 key`, `4 keys`. */
export const plural = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`

/** A value with its unit: `27.9 °C`; without a unit the number alone. */
export const withUnit = (value: number, unit: string | undefined): string => (unit ? `${reading(value)} ${unit}` : reading(value))

/** The same as it was written, not rounded: a limit is said as it stands in the definition. */
export const exactly = (value: number, unit: string | undefined): string => (unit ? `${value} ${unit}` : String(value))

const trim = (digits: string): string => (digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits)

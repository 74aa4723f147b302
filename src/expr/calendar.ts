import { zoneOffset } from '../model/zone-offset.js'

const day = 86_400_000

/** Units of `truncate`, in ms. */
export const truncateMs: Readonly<Record<string, number>> = { second: 1_000, minute: 60_000, hour: 3_600_000, day }

/**
 * Year, month and day of a day number since 1970-01-01, in the proleptic Gregorian calendar, packed as
 * year · 512 + month · 32 + day. After Howard Hinnant, "chrono-compatible low-level date algorithms".
 */
function civil(days: number): number {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const dayOfMonth = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0)) * 512 + month * 32 + dayOfMonth
}

const parts: Readonly<Record<string, (local: number) => number>> = {
  year: local => Math.floor(civil(Math.floor(local / day)) / 512),
  month: local => Math.floor(civil(Math.floor(local / day)) / 32) - Math.floor(civil(Math.floor(local / day)) / 512) * 16,
  day: local => civil(Math.floor(local / day)) - Math.floor(civil(Math.floor(local / day)) / 32) * 32,
  hour: local => Math.floor(local / 3_600_000) - Math.floor(local / day) * 24,
}

/** The calendar part `year`, `month` (1–12), `day` (of the month, 1–31) or `hour` (0–23) as a function of time; in UTC without a zone. */
export function calendarPart(part: string, zone: string | undefined): (time: number) => number {
  const of = parts[part]!
  if (zone === undefined) return of
  const offset = zoneOffset(zone)
  return time => of(time + offset(time))
}

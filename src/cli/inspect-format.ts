/** Figures of the table, short and of even width; what is not known is a dash, never NaN. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** Rows a second: `1,240`, `4.2`, `0`. */
export function rateText(perSecond: number): string {
  if (!Number.isFinite(perSecond) || perSecond < 0.05) return '0'
  return perSecond < 9.95 ? perSecond.toFixed(1) : whole.format(perSecond)
}

export const countText = (value: number): string => (Number.isFinite(value) ? whole.format(value) : '–')

/** Ms as words: `340 ms`, `1.2 s`, `42 s`, `3 min`, `5 h`, `4 d`. */
export function spanText(ms: number): string {
  if (!Number.isFinite(ms)) return '–'
  const size = Math.max(0, ms)
  if (size < 999.5) return `${Math.round(size)} ms`
  if (size < 9_950) return `${(size / 1_000).toFixed(1)} s`
  if (size < 119_500) return `${Math.round(size / 1_000)} s`
  if (size < 120 * 60_000) return `${Math.round(size / 60_000)} min`
  if (size < 48 * 3_600_000) return `${Math.round(size / 3_600_000)} h`
  return `${Math.round(size / 86_400_000)} d`
}

/** Time of day, UTC, with the day instead of seconds where that is another one than `now`'s: `14:03:12`, `2026-01-14 14:03`. */
export function momentText(ms: number | null, now: number): string {
  const isOfToday = ms === null || Math.floor(ms / 86_400_000) === Math.floor(now / 86_400_000) || !(Math.abs(ms) <= 8.64e15)
  return isOfToday ? timeOfDay(ms) : new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}

/** Time of day, UTC: `14:03:12`. */
export const timeOfDay = (ms: number | null): string =>
  ms === null || !(Math.abs(ms) <= 8.64e15) ? '–' : new Date(ms).toISOString().slice(11, 19)

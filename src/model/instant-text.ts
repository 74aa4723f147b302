/**
 * A time as RFC 3339 with ms, in UTC; beyond the range of dates, as the number it is.
 *
 * @param ms since the epoch.
 * @example
 * instantText(1_500) // '1970-01-01T00:00:01.500Z'
 */
export const instantText = (ms: number): string => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms))

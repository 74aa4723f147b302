/** A time of the journal, RFC 3339 in UTC; what is no such time as a number. */
export const timeText = (ms: number): string => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms))

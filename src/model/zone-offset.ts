const quarter = 900_000
const mostQuarters = 4_096

/** Ms that a zone's clocks are ahead of UTC at a time, as `Intl` knows them; whole seconds. */
function exactOffset(format: Intl.DateTimeFormat, time: number): number {
  const parts: Record<string, string> = {}
  for (const { type, value } of format.formatToParts(time)) parts[type] = value
  const year = Number(parts['year'])
  const local = new Date(0)
  local.setUTCFullYear(parts['era'] === 'BC' ? 1 - year : year, Number(parts['month']) - 1, Number(parts['day']))
  local.setUTCHours(Number(parts['hour']), Number(parts['minute']), Number(parts['second']))
  return local.getTime() - Math.floor(time / 1_000) * 1_000
}

/** Cached per zone for the life of the process: zones named in jobs are few. */
const zones = new Map<string, (time: number) => number>()

/**
 * The offset of a zone as a function of time: ms to add to UTC for local time. `Intl` is asked twice for a quarter of
 * an hour; offsets change at quarters today, and a quarter within which an offset changes (historical zones) is asked
 * each time. NaN beyond the range of dates.
 *
 * @example
 * zoneOffset('Europe/Berlin')(Date.UTC(2026, 6, 1)) // 7_200_000
 */
export function zoneOffset(zone: string): (time: number) => number {
  const known = zones.get(zone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const quarters = new Map<number, number>()
  let lastQuarter = Number.NaN
  let lastOffset = Number.NaN
  const offset = (time: number): number => {
    const index = Math.floor(time / quarter)
    if (index === lastQuarter) return lastOffset
    if (!(Math.abs(time) <= 8.64e15 - quarter)) return Number.NaN
    let found = quarters.get(index)
    if (found === undefined) {
      found = exactOffset(format, index * quarter)
      if (found !== exactOffset(format, (index + 1) * quarter - 1)) return exactOffset(format, time)
      if (quarters.size >= mostQuarters) quarters.clear()
      quarters.set(index, found)
    }
    lastQuarter = index
    lastOffset = found
    return found
  }
  zones.set(zone, offset)
  return offset
}

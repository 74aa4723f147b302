import { namedZone } from '../model/named-zone.js'

const minute = 60_000
const day = 86_400_000
const cacheLimit = 4_096

/** Turns local times of a zone into UTC; both in ms, local as if it were UTC. */
export type ZoneToUtc = (local: number) => number

/**
 * Local time to UTC by the zone's rules, daylight saving included. A time that a zone tells twice (clocks set back) is
 * the earlier one; a time that it never tells (clocks set forward) is read with the offset before the gap, which moves
 * it behind the gap: the rule `compatible` of ECMAScript Temporal, also of java.time.
 *
 * @throws MR103 for a zone that the platform does not know.
 */
export function zoneToUtc(zone: string): ZoneToUtc {
  const offsetAt = namedZone(zone)
  if (!offsetAt) return local => local
  const cache = new Map<number, number>()
  const offsetOfLocal = (local: number): number => {
    const before = offsetAt(local - day)
    const after = offsetAt(local + day)
    if (before === after && offsetAt(local - before) === before) return before
    const early = offsetAt(local - Math.max(before, after))
    if (early === Math.max(before, after)) return early
    const late = Math.min(before, after)
    return offsetAt(local - late) === late ? late : before
  }
  return local => {
    // Zones change at whole minutes of local time, so one answer serves a minute.
    const key = Math.floor(local / minute)
    let offset = cache.get(key)
    if (offset === undefined) {
      if (cache.size >= cacheLimit) cache.clear()
      offset = offsetOfLocal(key * minute)
      cache.set(key, offset)
    }
    return local - offset
  }
}

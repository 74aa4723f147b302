import { MillraceError } from './errors/millrace-error.js'
import { zoneOffset } from './zone-offset.js'

/**
 * The offset of a zone that somebody named, as a function of time: ms to add to UTC for local time; undefined for UTC itself.
 *
 * @throws MR103 for a zone that the platform does not know.
 * @example
 * namedZone('Europe/Berlin')?.(Date.UTC(2026, 6, 1)) // 7_200_000
 */
export function namedZone(zone: string): ((time: number) => number) | undefined {
  if (/^(utc|gmt|z|etc\/utc)$/i.test(zone)) return undefined
  try {
    return zoneOffset(zone)
  } catch (cause) {
    throw new MillraceError('MR103', `'${zone}' is not a time zone`, {
      hint: "name a zone of the IANA data base, such as 'Europe/Berlin', or 'UTC'",
      cause,
    })
  }
}

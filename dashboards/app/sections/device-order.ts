import type { Alert } from '../../../src/model/alert.js'
import type { ViewStore } from '../store/view-store.js'
import type { KeySeries } from '../store/window-grid.js'
import { reading, withUnit } from '../text/format.js'
import { limitWords } from '../text/limit-words.js'

/** How much a device needs to be looked at, most first. */
const ranks = ['alarmed', 'quiet', 'odd', 'normal'] as const
export type Rank = (typeof ranks)[number]

/** Beyond this many usual distances from the middle a value is odd. */
const oddScore = 4

export const rankOf = (series: KeySeries | undefined, isAlarmed: boolean, now: number, every: number): Rank => {
  if (isAlarmed) return 'alarmed'
  return series && now - series.lastSeen > every * 2.5 ? 'quiet' : 'normal'
}

/** A device with its rank, and how far its value lies from the others'. */
export interface Standing {
  readonly key: string
  readonly rank: Rank
  readonly score: number
}

/**
 * Keys with the most abnormal first. Among those that are much the same the given order stays, so that small changes
 * move nothing.
 */
export const ranked = (devices: readonly Standing[]): readonly string[] => {
  const place = ({ rank, score }: Standing): number => ranks.indexOf(rank === 'normal' && score >= oddScore ? 'odd' : rank)
  const bucket = ({ score }: Standing): number => (score >= oddScore ? Math.floor(Math.log2(score)) : 0)
  return [...devices].sort((a, b) => place(a) - place(b) || bucket(b) - bucket(a)).map(({ key }) => key)
}

/** What fires for a device. */
export interface DeviceAlert {
  /** In a few words. */
  readonly words: string
  readonly level: Alert['level']
}

/** The first that fires for each key of a view; alerts of other views count where they are of the same key columns. */
export const firingByKey = (alerts: readonly Alert[], store: ViewStore): ReadonlyMap<string, DeviceAlert> => {
  const firing = new Map<string, DeviceAlert>()
  for (const alert of alerts) {
    if (alert.state !== 'firing') continue
    const key = store.keyOf(alert.key)
    if (key !== undefined && !firing.has(key)) firing.set(key, { words: alertWords(alert), level: alert.level })
  }
  return firing
}

const alertWords = (alert: Alert): string => {
  const { value, unit, label, column } = alert
  if (label) return `${label}: ${withUnit(value, unit)}`
  const limit = limitWords(alert).replaceAll(' ', '\u00a0')
  return limit === '' ? `${column} ${withUnit(value, unit)}` : `${column} ${reading(value)}, ${limit}`
}

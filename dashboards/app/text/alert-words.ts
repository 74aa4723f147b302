import type { Alert } from '../../../src/model/alert.js'
import { duration, exactMoment, moment, withUnit } from './format.js'
import { keyWords } from './key-words.js'
import { limitWords } from './limit-words.js'
import { windowWords } from './window-words.js'

/** Who it is about: `mote 1`, the text itself for names; the column for a view without keys. */
export const alertSubject = ({ key, label, column }: Alert): string => {
  const parts = Object.entries(key).map(([name, value]) => keyWords(name, value))
  return parts.length > 0 ? parts.join(' · ') : (label ?? column)
}

/** The rest of it in words: `critical: max 41.2 °C, above 30 °C · firing for 3 min, since 14:03 · at worst 44.1 °C`. */
export const alertFacts = (alert: Alert, now: number): string => {
  const { state, level, label, column, value, worst, unit, since, until = since } = alert
  const limit = limitWords(alert)
  if (state === 'resolved') {
    const reached = `${alert.above === undefined && alert.below !== undefined ? 'down' : 'up'} to ${withUnit(worst, unit)}`
    return `over: ${limit || (label ?? column)} · ${windowWords(wholeSecond(since), wholeSecond(until), now)} · ${reached}`
  }
  // Of results of days ago the job's clock does not tell how long it has lasted, and what began just now has not lasted.
  const lasts = now - since >= 1000 && now - since < 2 * dayMs ? `for ${duration(now - since)}` : ''
  const from = `since ${since % minuteMs === 0 ? moment(since, now) : exactMoment(since, now)}`
  const span = state === 'firing' ? `firing ${[lasts, from].filter(Boolean).join(', ')}` : `${lasts || from}, fires if it lasts`
  const furthest = worst === value ? '' : ` · at worst ${withUnit(worst, unit)}`
  return `${level}: ${[`${label ?? column} ${withUnit(value, unit)}`, limit].filter(Boolean).join(', ')} · ${span}${furthest}`
}

const minuteMs = 60_000
const dayMs = 86_400_000

/** Nobody needs a part of one to find what happened then. */
const wholeSecond = (ms: number): number => Math.floor(ms / 1000) * 1000

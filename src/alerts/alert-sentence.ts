import type { Alert } from '../model/alert.js'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const digits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 })

const minuteMs = 60_000
const dayMs = 86_400_000
/** Characters of a key's value that are said. */
const mostText = 60

/**
 * `mote 1: 41.2 °C, above 30 °C since 14:03`; times in UTC, with seconds where they are within a minute, and with the day where it is
 * another than that of `now`.
 */
export function alertSentence(alert: Omit<Alert, 'sentence'>, now: number): string {
  const { key, column, value, worst, state, since, until, unit, label } = alert
  const who = Object.entries(key)
    .map(([name, part]) => (typeof part === 'string' && part.startsWith(`${name} `) ? readable(part) : `${name} ${readable(part)}`))
    .join(', ')
  const subject = who === '' ? readable(label ?? column) : who
  const limit = limitText(alert)
  const named = (text: string): string => (limit === '' ? `${readable(label ?? column)} ${text}` : text)
  const reading = named(amount(value, unit))
  const beyond = limit === '' ? '' : `, ${limit}`
  if (state === 'resolved') {
    const span = `from ${time(since, now)} to ${time(until ?? since, now)}`
    const reached = `${alert.above === undefined && alert.below !== undefined ? 'down' : 'up'} to ${amount(worst, unit)}`
    return `${subject}: ${limit === '' ? readable(label ?? column) : limit} ${span}, ${reached}; over`
  }
  const yet = state === 'pending' ? ', fires if it lasts' : ''
  return `${subject}: ${reading}${beyond} since ${time(since, now)}${yet}`
}

function limitText({ above, below, unit }: Pick<Alert, 'above' | 'below' | 'unit'>): string {
  const parts = [above === undefined ? [] : `above ${amount(above, unit)}`, below === undefined ? [] : `below ${amount(below, unit)}`]
  return parts.flat().join(' or ')
}

function amount(value: number, unit: string | undefined): string {
  const text = (Math.abs(value) >= 1000 ? whole : digits).format(value)
  return unit === undefined ? text : `${text} ${unit}`
}

/** Nothing that a device calls itself breaks a line of the log or turns its direction. */
function readable(value: number | string | boolean | null): string {
  if (value === null) return '(none)'
  const text = String(value).replace(/\p{C}/gu, '·')
  return text.length > mostText ? `${text.slice(0, mostText)}…` : text
}

function time(ms: number, now: number): string {
  if (Math.abs(ms) > 8.64e15) return '?'
  const text = new Date(ms).toISOString()
  const clock = text.slice(11, ms % minuteMs === 0 ? 16 : 19)
  return Math.floor(ms / dayMs) === Math.floor(now / dayMs) ? clock : `${text.slice(0, 10)} ${clock}`
}

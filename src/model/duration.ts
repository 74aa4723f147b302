import { MillraceError } from './errors/millrace-error.js'

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A length of time with its unit, such as `'250ms'`, `'5s'`, `'1m'`, `'2h'`, `'7d'`, `'1.5s'`. */
export type Duration = `${number}${keyof typeof units}`

/**
 * A duration in whole ms.
 *
 * @param option names the option in the message.
 * @throws MR106 when the text is no duration, is negative, or is no whole number of ms.
 * @example
 * durationMs('1.5s') // 1500
 */
export function durationMs(duration: Duration, option?: string): number {
  const match = /^(\d+)(?:\.(\d+))?(ms|s|m|h|d)$/.exec(duration)
  const where = option === undefined ? '' : `\`${option}\`: `
  if (!match) {
    const meant = typeof duration === 'string' ? likely(duration) : undefined
    throw new MillraceError('MR106', where + fault(duration), meant === undefined ? {} : { hint: `did you mean '${meant}'?` })
  }
  const [, whole, fraction = '', unit] = match
  // In whole numbers: 1.005 times 1000 is not 1005 in floating point.
  const ms = (Number(whole + fraction) * units[unit as keyof typeof units]) / 10 ** fraction.length
  if (!Number.isSafeInteger(ms)) throw new MillraceError('MR106', `${where}'${duration}' is not a whole number of ms`)
  return ms
}

function fault(duration: unknown): string {
  if (duration === undefined) return 'a duration is missing'
  const shown = typeof duration === 'string' ? `'${duration}'` : typeof duration === 'object' ? 'an object' : String(duration)
  return `${shown} is not a duration`
}

/** The duration of a number and a unit that is spelt another way, such as `10 s` or `1min`. */
function likely(text: string): Duration | undefined {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*(ms|millis|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)\s*$/i.exec(text) ?? []
  if (number === undefined || unit === undefined) return undefined
  const short = unit.toLowerCase()
  return `${number}${short === 'ms' || short === 'millis' ? 'ms' : short[0]}` as Duration
}

/** The shortest text of a duration in ms: 90000 is `90s`, 60000 is `1m`. */
export function durationText(ms: number): Duration {
  for (const unit of ['d', 'h', 'm', 's'] as const) if (ms !== 0 && ms % units[unit] === 0) return `${ms / units[unit]}${unit}`
  return `${ms}ms`
}

import { type Duration, durationMs } from '../model/duration.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'

/** What is wrong with a value, as words that follow the option's name (`wants a text`); undefined where nothing is. May throw a MillraceError. */
export type OptionCheck = (value: unknown) => string | undefined

/** Whether a value is a text, `env(…)` or `secret(…)`. */
export const isText = (value: unknown): boolean =>
  typeof value === 'string' || (typeof value === 'object' && value !== null && 'fallback' in value)

/**
 * Checks for the kinds of option that most connectors have.
 *
 * @example
 * wants.count(0) // 'wants a whole number above 0'
 */
export const wants = {
  /** A text, `env(…)` or `secret(…)`, not empty. */
  text: value => (isText(value) && value !== '' ? undefined : 'wants a text'),
  /** A text that stands in the job file itself, not empty. */
  plain: value => (typeof value === 'string' && value !== '' ? undefined : 'wants a text that is not empty'),
  flag: value => (typeof value === 'boolean' ? undefined : 'wants true or false'),
  count: value => (Number.isSafeInteger(value) && (value as number) > 0 ? undefined : 'wants a whole number above 0'),
  duration: value => {
    if (typeof value !== 'string') return "wants a duration such as '30s'"
    durationMs(value as Duration)
    return undefined
  },
  positiveDuration: value => {
    if (typeof value !== 'string') return "wants a duration such as '30s'"
    return durationMs(value as Duration) > 0 ? undefined : 'wants a duration above 0'
  },
  decoder: value =>
    typeof value === 'object' && value !== null && 'compile' in value ? undefined : 'wants a decoder such as json(Schema)',
} as const satisfies Readonly<Record<string, OptionCheck>>

/**
 * An object with these keys.
 * Those in `required` must be there, and no other may.
 *
 * @example
 * wantsObject({ ca: wants.text }, [])({ ca: 4711 }) // 'has faults: `ca` wants a text'
 */
export const wantsObject =
  (keys: Readonly<Record<string, OptionCheck>>, required: readonly string[]): OptionCheck =>
  value => {
    if (typeof value !== 'object' || value === null) return 'wants an object'
    const faults = faultsOf(value as Record<string, unknown>, keys, required)
    return faults.length > 0 ? `has faults: ${faults.join('; ')}` : undefined
  }

function faultsOf(
  options: Readonly<Record<string, unknown>>,
  checks: Readonly<Record<string, OptionCheck>>,
  required: readonly string[],
): string[] {
  const faults: string[] = []
  const known = Object.keys(checks)
  for (const name of required) if (options[name] === undefined) faults.push(`\`${name}\` is missing`)
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined
    if (!check) {
      const near = nearest(name, known)
      faults.push(`there is no option \`${name}\`${near ? `, did you mean \`${near}\`?` : ''}`)
      continue
    }
    try {
      const fault = check(value)
      if (fault) faults.push(`\`${name}\` ${fault}`)
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error
      faults.push(`\`${name}\`: ${error.message}`)
    }
  }
  return faults
}

/**
 * Refuses wrong options of a connector, all at once; a misspelt one gets a suggestion.
 *
 * @param of what the options belong to, as the message begins: `mqttSink 'alerts'`.
 * @param further faults that lie between options.
 * @throws MR302
 * @example
 * checkOptions('mqtt', options, { topic: wants.plain, decode: wants.decoder }, ['topic', 'decode'])
 */
export function checkOptions(
  of: string,
  options: object,
  checks: Readonly<Record<string, OptionCheck>>,
  required: readonly string[],
  further: readonly string[] = [],
): void {
  const faults = [...faultsOf({ ...options }, checks, required), ...further]
  if (faults.length === 0) return
  const listed = faults.length === 1 ? [] : faults
  throw new MillraceError('MR302', `${of}: ${faults.length === 1 ? faults[0] : `${faults.length} options are wrong`}`, { notes: listed })
}

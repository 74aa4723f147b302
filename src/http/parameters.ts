import { durationMs } from '../model/duration.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'
import { isZone } from './excel-csv.js'

/** One query parameter: how it is described in the OpenAPI document, and how its text is read. */
export interface Parameter<T> {
  readonly type: 'string' | 'integer' | 'boolean'
  readonly description: string
  /** Reads the text; undefined where it is not understood. */
  parse(text: string, now: number): T | undefined
}

export type ParameterTable = Readonly<Record<string, Parameter<unknown>>>

export type ParameterValues<P extends ParameterTable> = { [K in keyof P]?: P[K] extends Parameter<infer T> ? T : never }

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

/**
 * A time as the API takes it: RFC 3339 with its offset, ms since the epoch, or `now`, `now-15m`, `now+1h` on the clock
 * given. A `+` that a form turned into a blank is understood. Undefined for anything else.
 */
export function parseTime(text: string, now: number): number | undefined {
  if (/^-?\d{1,15}$/.test(text)) return Number(text)
  const relative = /^now(?:([+ -])([0-9.]+(?:ms|s|m|h|d)))?$/.exec(text)
  if (relative) {
    if (relative[2] === undefined) return now
    try {
      const ms = durationMs(relative[2] as `${number}s`)
      return relative[1] === '-' ? now - ms : now + ms
    } catch {
      return undefined
    }
  }
  const absolute = text.replace(/ (\d\d:\d\d)$/, '+$1')
  const match = rfc3339.exec(absolute)
  if (!match) return undefined
  const [, year, month, day] = match.map(Number)
  const days = new Date(Date.UTC(year!, month!, 0)).getUTCDate()
  const ms = Date.parse(absolute.replace(/[t ]/, 'T').replace('z', 'Z'))
  return Number.isNaN(ms) || day! > days ? undefined : ms
}

export const timeParameter = (description: string): Parameter<number> => ({
  type: 'string',
  description: `${description}: RFC 3339 with its offset, as 2026-01-15T12:00:00Z, ms since the epoch, or now-15m`,
  parse: parseTime,
})

export const textParameter = (description: string): Parameter<string> => ({
  type: 'string',
  description,
  parse: text => (text === '' ? undefined : text),
})

/** Names joined by commas, at least one and none empty. */
export const listParameter = (description: string): Parameter<readonly string[]> => ({
  type: 'string',
  description,
  parse: text => (text.split(',').includes('') ? undefined : text.split(',')),
})

export const booleanParameter = (description: string): Parameter<boolean> => ({
  type: 'boolean',
  description,
  parse: text => (text === 'true' ? true : text === 'false' ? false : undefined),
})

export const choiceParameter = <const C extends string>(description: string, choices: readonly C[]): Parameter<C> => ({
  type: 'string',
  description,
  parse: text => choices.find(choice => choice === text),
})

export const zoneParameter = (description: string): Parameter<string> => ({
  type: 'string',
  description,
  parse: text => (isZone(text) ? text : undefined),
})

export const countParameter = (description: string, most: number): Parameter<number> => ({
  type: 'integer',
  description: `${description}; 1 … ${most.toLocaleString('en')}`,
  parse: text => (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= most ? Number(text) : undefined),
})

/**
 * Reads a query string by a table.
 *
 * @param now the clock that `now-15m` counts from, ms since the epoch
 * @throws MR506 for a parameter that the table does not have, MR507 for a value that is not understood or given twice.
 */
export function readParameters<P extends ParameterTable>(query: unknown, table: P, now: number): ParameterValues<P> {
  const values: Record<string, unknown> = {}
  for (const [name, text] of Object.entries(query as Record<string, unknown>)) {
    if (!Object.hasOwn(table, name)) {
      const near = nearest(name.slice(0, 64), Object.keys(table))
      const known = Object.keys(table).join(', ')
      throw new MillraceError('MR506', `there is no parameter '${name.slice(0, 64)}'`, {
        hint: near ? `did you mean '${near}'?` : known ? `the parameters are ${known}` : 'this route takes no parameters',
      })
    }
    if (typeof text !== 'string') throw new MillraceError('MR507', `the parameter '${name}' is given more than once`)
    const value = table[name]!.parse(text, now)
    if (value === undefined) {
      throw new MillraceError('MR507', `'${text.slice(0, 64)}' is no value of '${name}'`, { hint: `${name}: ${table[name]!.description}` })
    }
    values[name] = value
  }
  return values as ParameterValues<P>
}

/** For routes without parameters. @throws MR506 for any. */
export const refuseParameters = (query: unknown): void => void readParameters(query, {}, 0)

/** The parameters as JSON Schema, for the OpenAPI document. */
export function parameterSchema(table: ParameterTable): object {
  const properties = Object.fromEntries(Object.entries(table).map(([name, p]) => [name, { type: p.type, description: p.description }]))
  return { type: 'object', properties, additionalProperties: false }
}

import { MillraceError } from '../model/errors/millrace-error.js'

/**
 * A text that is read from the environment when a source or sink opens. Printing it shows its name, never its value.
 *
 * @example
 * const password = secret('BROKER_PASSWORD')
 * JSON.stringify({ password }) // '{"password":"secret(BROKER_PASSWORD)"}'
 */
export class EnvironmentText {
  readonly name: string
  readonly secret: boolean
  readonly fallback: string | undefined

  constructor(name: string, secret: boolean, fallback: string | undefined) {
    this.name = name
    this.secret = secret
    this.fallback = fallback
  }

  toString(): string {
    return this.secret ? `secret(${this.name})` : `env(${this.name})`
  }

  toJSON(): string {
    return this.toString()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** A text given in the job file or taken from the environment. */
export type Text = string | EnvironmentText

/**
 * The variable `name` of the environment, read when the source or sink opens.
 *
 * @param fallback used where the variable is not set; without it that is MR304.
 * @example
 * env('BROKER', 'amqp://127.0.0.1:5672').toString() // 'env(BROKER)'
 */
export const env = (name: string, fallback?: string): EnvironmentText => new EnvironmentText(name, false, fallback)

/**
 * The secret in the variable `name`, read when the source or sink opens. Its value is never part of a plan, a log line,
 * a status or an error.
 *
 * @example
 * `${secret('BROKER_PASSWORD')}` // 'secret(BROKER_PASSWORD)'
 */
export const secret = (name: string): EnvironmentText => new EnvironmentText(name, true, undefined)

/**
 * The value itself.
 *
 * @throws MR304 when the variable is not set and has no fallback.
 * @example
 * resolveText(env('BROKER', 'amqp://127.0.0.1:5672'), { BROKER: 'amqp://hall' }) // 'amqp://hall'
 */
export function resolveText(text: Text, environment: Readonly<Record<string, string | undefined>>): string {
  if (typeof text === 'string') return text
  const value = environment[text.name] ?? text.fallback
  if (value === undefined) throw new MillraceError('MR304', `${text} is needed, and the variable ${text.name} is not set`)
  return value
}

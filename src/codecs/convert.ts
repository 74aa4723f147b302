import type { RowInput, Schema } from '../model/schema.js'
import type { FieldCheck } from './field-check.js'
import { LazyMessage, type Message, MessageProblem } from './message.js'
import { type MessageDecoderSpec, messageDecoder } from './message-decoder.js'
import { type Problem, skipped, type Verdict } from './problem.js'

/** What a converter answers for one message: `emit(row)`, `skip()` or `reject(reason)`. */
export type Conversion<T> =
  | { readonly kind: 'emit'; readonly row: RowInput<T> }
  | { readonly kind: 'skip' }
  | { readonly kind: 'reject'; readonly reason: string }

const skipping = { kind: 'skip' } as const

/**
 * The message becomes this row, if it fits the schema.
 *
 * @example
 * convert(S, message => emit({ celsius: Number(message.bodyText()) }))
 */
export const emit = <T>(row: RowInput<T>): Conversion<T> => ({ kind: 'emit', row })
/**
 * The message is left out on purpose: counted, no dead letter.
 *
 * @example
 * convert(S, message => (message.bodyText() === 'ping' ? skip() : emit({ celsius: Number(message.bodyText()) })))
 */
export const skip = (): Conversion<never> => skipping
/**
 * The message goes to the dead letters with this reason (MR213).
 *
 * @example
 * convert(S, message => (message.bodyText() === '' ? reject('empty') : emit({ celsius: Number(message.bodyText()) })))
 */
export const reject = (reason: string): Conversion<never> => ({ kind: 'reject', reason })

/**
 * Rows by the job's own JavaScript, one message at a time. Fields are named as in the schema; where they lie (`at`,
 * `from`) is the converter's business. Rows are checked against the schema as data of any decoder is; a converter that
 * throws rejects its message (MR214), and no other.
 *
 * @example
 * convert(S, message => (message.bodyKind === 'data' ? emit({ celsius: Number(message.bodyText()) }) : skip()))
 */
export function convert<T>(schema: Schema<T>, converter: (message: Message) => Conversion<NoInfer<T>>): MessageDecoderSpec<T> {
  return conversion(schema, converter, { decoder: 'convert' }, true)
}

/** `convert` for our own converters, which are not opaque to the plan. */
export function conversion<T>(
  schema: Schema<T>,
  converter: (message: Message) => Conversion<T>,
  params: { readonly decoder: string },
  opaque: boolean,
): MessageDecoderSpec<T> {
  return messageDecoder<T>({
    params,
    schema,
    opaque,
    reader: rows => {
      const checks = rows.checks(schema as Schema<unknown>)
      return view => {
        try {
          return close(converter(new LazyMessage(view)), checks, rows.row)
        } catch (error) {
          if (error instanceof MessageProblem) return error.problem
          return thrown(error)
        }
      }
    },
  })
}

function close(answer: unknown, checks: readonly FieldCheck[], row: number): Verdict {
  const { kind, row: fields, reason } = (answer ?? {}) as { readonly kind?: unknown; readonly row?: unknown; readonly reason?: unknown }
  if (kind === 'skip') return skipped
  if (kind === 'reject') return { code: 'MR213', reason: String(reason) }
  if (kind !== 'emit' || typeof fields !== 'object' || fields === null) {
    return { code: 'MR214', reason: 'the converter answered neither emit(row), skip() nor reject(reason)' }
  }
  for (const check of checks) {
    const problem = rowValue(check, row, (fields as Readonly<Record<string, unknown>>)[check.name])
    if (problem) return problem
  }
  return undefined
}

/** In rows, times are ms since the epoch (or Dates) whatever the format of the data. */
function rowValue(check: FieldCheck, row: number, value: unknown): Problem | undefined {
  if (check.spec.type !== 'timestamp' || typeof value !== 'number') return check.value(row, value)
  return check.value(row, new Date(value))
}

/** Whatever a job throws, and however it reads, it rejects its message only. */
function thrown(error: unknown): Problem {
  try {
    if (!(error instanceof Error)) return { code: 'MR214', reason: `the converter threw ${String(error)}` }
    const reason = `the converter threw ${error.name}: ${error.message}`
    return typeof error.stack === 'string' ? { code: 'MR214', reason, stack: error.stack } : { code: 'MR214', reason }
  } catch {
    return { code: 'MR214', reason: 'the converter threw something that cannot be told as text' }
  }
}

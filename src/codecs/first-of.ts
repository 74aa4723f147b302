import { MillraceError } from '../model/errors/millrace-error.js'
import type { FieldSpec, Schema } from '../model/schema.js'
import { type MessageDecoderSpec, messageDecoder } from './message-decoder.js'
import { type Problem, skipped } from './problem.js'

/**
 * Several kinds of message on one address: each is read by the first decoder that does not reject it. Where all do,
 * the reason is the first's, followed by the others'. All have one row type; paths and formats may differ.
 *
 * @throws MR221 for no decoder, or schemas with different fields or types.
 * @example
 * firstOf(json(S), valueText(S, 'celsius'))
 */
export function firstOf<T>(...decoders: readonly MessageDecoderSpec<T>[]): MessageDecoderSpec<T> {
  const [first, ...others] = decoders
  if (!first) throw new MillraceError('MR221', 'firstOf needs at least one decoder')
  const schema = others.reduce((merged, { schema: other }) => merge(merged, other), first.schema)
  return messageDecoder<T>({
    params: { decoder: 'first-of', decoders: decoders.map(({ params }) => params) },
    schema: schema as Schema<T>,
    opaque: decoders.some(({ opaque }) => opaque),
    reader: rows => {
      const readers = decoders.map(decoder => decoder.reader(rows))
      return view => {
        let problems: Problem | undefined
        for (const read of readers) {
          const verdict = read(view)
          if (verdict === undefined || verdict === skipped) return verdict
          problems = problems ? both(problems, verdict) : verdict
        }
        return problems
      }
    },
  })
}

/** The first problem counts, the second is told with it. */
function both(first: Problem, second: Problem): Problem {
  const stack = first.stack ?? second.stack
  return { ...first, reason: `${first.reason}; or: ${second.reason} (${second.code})`, ...(stack === undefined ? {} : { stack }) }
}

/** A field is nullable where one of the alternatives may leave it out. */
function merge(a: Schema<unknown>, b: Schema<unknown>): Schema<unknown> {
  const left = a.fields as Readonly<Record<string, FieldSpec>>
  const right = b.fields as Readonly<Record<string, FieldSpec>>
  const fields: Record<string, FieldSpec> = {}
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const one = left[name]
    const other = right[name]
    if (!one || !other) throw new MillraceError('MR221', `firstOf: the field \`${name}\` is not in all alternatives`)
    if (one.type !== other.type)
      throw new MillraceError('MR221', `firstOf: \`${name}\` is a ${one.type} in one alternative, a ${other.type} in another`)
    fields[name] = { ...one, nullable: one.nullable || other.nullable }
  }
  return { fields: fields as never }
}

import { isUtf8 } from 'node:buffer'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { FieldSpec, Schema } from '../model/schema.js'
import { type MessageDecoderSpec, messageDecoder } from './message-decoder.js'
import { SectionFields } from './section-fields.js'

/**
 * Reads a body that is the text of one value, such as `"23"`: an amqp-value string, a data section or bare bytes.
 * Numbers are written as in JSON, booleans `true` and `false`, times in the format of the schema. Other fields from the
 * body must be nullable, and are null; fields from other sections are read as usual.
 *
 * @throws MR221 where the field does not come from the body, or another such field is not nullable.
 * @example
 * amqp({ address: 'temperature', decode: valueText(schema({ celsius: integer({ unit: '°C' }) }), 'celsius') })
 */
export function valueText<T>(schema: Schema<T>, field: keyof T & string): MessageDecoderSpec<T> {
  const specs = schema.fields as Record<string, FieldSpec>
  if (!Object.hasOwn(specs, field) || specs[field]!.origin.section !== 'body') {
    throw new MillraceError('MR221', `valueText: the schema has no field \`${field}\` that comes from the body`)
  }
  for (const [name, { origin, nullable }] of Object.entries(specs)) {
    if (name !== field && origin.section === 'body' && !nullable) {
      throw new MillraceError('MR221', `valueText fills \`${field}\` alone, but \`${name}\` comes from the body too and is not nullable`)
    }
  }
  return messageDecoder<T>({
    params: { decoder: 'value-text', field },
    schema,
    reader: rows => {
      const checks = rows.checks(schema as Schema<unknown>)
      const sections = new SectionFields(checks)
      const filled = checks.find(check => check.name === field)!
      const others = checks.filter(check => check.name !== field && check.spec.origin.section === 'body')
      return view => {
        const kind = view.octets()
        if (kind) return kind
        const { bodyBytes, bodyStart, bodyEnd } = view
        if (!isUtf8(bodyBytes.subarray(bodyStart, bodyEnd))) return { code: 'MR211', reason: 'the body is not UTF-8', path: 'body' }
        const problem = filled.cellBytes(rows.row, bodyBytes, bodyStart, bodyEnd)
        if (problem) return problem
        for (const other of others) other.missing(rows.row)
        return sections.read(view, rows.row)
      }
    },
  })
}

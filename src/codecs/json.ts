import type { Schema } from '../model/schema.js'
import { JsonScanner } from './json-scanner.js'
import { jsonText } from './json-text.js'
import { type MessageDecoderSpec, messageDecoder } from './message-decoder.js'
import { pathTree, writeTree } from './path-tree.js'
import { SectionFields } from './section-fields.js'

/**
 * Reads JSON objects: data sections, an amqp-value that is a string or binary, or bare bytes. Each field is taken from
 * its path (by default its own name) or from the section that `.from(…)` names; what the schema does not name is
 * ignored, but must be JSON. Of a key given twice the last counts, as in `JSON.parse`.
 *
 * Dead letters: MR201 not JSON, MR202 missing, MR203 mistyped, MR204 … MR206, MR208 values, MR209 body kind, MR210
 * deeper than 64 levels, MR211 not UTF-8, MR212 malformed sections.
 *
 * @example
 * amqp({ address: 'telemetry', decode: json(schema({ celsius: number().at('d.t') })) })
 */
export function json<T>(schema: Schema<T>): MessageDecoderSpec<T> {
  return messageDecoder<T>({
    params: { decoder: 'json' },
    schema,
    reader: rows => {
      const checks = rows.checks(schema as Schema<unknown>)
      const sections = new SectionFields(checks)
      const { root } = pathTree(checks)
      const scanner = JsonScanner.of(checks)
      return view => {
        const kind = view.octets()
        if (kind) return kind
        const { row } = rows
        if (scanner?.scan(view.bodyBytes, view.bodyStart, view.bodyEnd, row)) return sections.read(view, row)
        const parsed = jsonText(view.bodyBytes, view.bodyStart, view.bodyEnd)
        if (parsed.problem) return parsed.problem
        return writeTree(root, parsed.value, row) ?? sections.read(view, row)
      }
    },
  })
}

import type { FieldCheck } from './field-check.js'
import { isPlainText, literalsSource } from './json-literals.js'
import { numberSource } from './json-number-source.js'
import { valueReader } from './json-value.js'

/**
 * The source that reads one field's value at `at`, and ends behind it or at −1. The field's column and its reader are
 * bound to the names that end in `index`.
 */
export function valueSource(check: FieldCheck, index: number, bound: Map<string, unknown>): string {
  const { spec, store, parseTime } = check
  const put = (call: string): string => (store ? `store${index}.${call}` : '')
  if (store) bound.set(`store${index}`, store)
  const number = spec.type === 'number' || spec.type === 'integer' || (spec.type === 'timestamp' && !parseTime)
  let source: string
  if (number) source = numberSource(spec, put('setNumber(row, value)'))
  else {
    bound.set(`read${index}`, valueReader(check))
    source = `at = read${index}(bytes, at, end, row)`
    const texts = spec.values?.filter(isPlainText).map(text => `"${text}"`)
    if (texts) {
      source = `start = at
          if (at + 4 < end) ${literalsSource(texts, () => put('setBytes(row, bytes, start + 1, at - 1)'))}
          if (at === start) ${source}`
    }
  }
  if (!spec.nullable) return source
  return `if (bytes[at] === 110) {
          at = literalEnd(bytes, at, end)
          ${put('setNull(row)')}
        } else {
          ${source}
        }`
}

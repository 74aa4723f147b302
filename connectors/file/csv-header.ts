import { csvNames } from '../../src/codecs/csv.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { FieldSpec, Schema } from '../../src/model/schema.js'

/**
 * The names in the header line of a file.
 *
 * @throws MR217 a field that has to have a column has none, MR219 the header is malformed or names a field twice
 */
export function csvHeader(path: string, record: Uint8Array, schema: Schema<unknown>): readonly string[] {
  const names = csvNames(record, 0, record.length)
  if ('code' in names) throw new MillraceError('MR219', `the header of ${path} is malformed: ${names.reason}`)
  const missing = Object.entries(schema.fields as Record<string, FieldSpec>).filter(
    ([name, spec]) => !spec.nullable && !names.includes(name),
  )
  if (missing.length > 0) {
    const list = missing.map(([name]) => `\`${name}\``).join(', ')
    throw new MillraceError('MR217', `${path} has no column ${list}`, { notes: [`columns of the file: ${names.join(', ')}`] })
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i && Object.hasOwn(schema.fields, name))
  if (twice !== undefined) throw new MillraceError('MR219', `the header of ${path} names \`${twice}\` twice`)
  return names
}

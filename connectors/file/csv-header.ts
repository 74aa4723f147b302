import { csvNames } from '../../src/codecs/csv.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { FieldSpec, Schema } from '../../src/model/schema.js'

/** Byte order marks of UTF-16. */
const utf16 = ['255 254', '254 255']

/**
 * The names in the header line of a file.
 *
 * @throws MR211 the file is UTF-16, MR217 a field that has to have a column has none, MR219 the header is malformed or names a field twice
 */
export function csvHeader(path: string, record: Uint8Array, schema: Schema<unknown>): readonly string[] {
  if (utf16.includes(`${record[0]} ${record[1]}`)) {
    throw new MillraceError('MR211', `${path} is UTF-16, not UTF-8`, { hint: 'Save it as "CSV UTF-8".' })
  }
  const names = csvNames(record, 0, record.length)
  if ('code' in names) throw new MillraceError('MR219', `the header of ${path} is malformed: ${names.reason}`)
  const missing = Object.entries(schema.fields as Record<string, FieldSpec>).filter(
    ([name, spec]) => !spec.nullable && !names.includes(name),
  )
  if (missing.length > 0) {
    const list = missing.map(([name]) => `\`${name}\``).join(', ')
    const notes = [`columns of the file: ${names.join(', ')}`]
    const other = names.length === 1 ? /[;\t|]/.exec(names[0]!)?.[0] : undefined
    const hint = other && `Divide the cells by commas; this file divides them by ${other === '\t' ? 'tabs' : `\`${other}\``}.`
    throw new MillraceError('MR217', `${path} has no column ${list}`, { notes, ...(hint && { hint }) })
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i && Object.hasOwn(schema.fields, name))
  if (twice !== undefined) throw new MillraceError('MR219', `the header of ${path} names \`${twice}\` twice`)
  return names
}

import { csvNames } from '../../src/codecs/csv.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { FieldSpec, Schema } from '../../src/model/schema.js'

/** What files that are not CSV in UTF-8 begin with. */
const beginnings = [
  { bytes: [0xff, 0xfe], is: 'UTF-16, not UTF-8', hint: 'Save it as "CSV UTF-8".' },
  { bytes: [0xfe, 0xff], is: 'UTF-16, not UTF-8', hint: 'Save it as "CSV UTF-8".' },
  { bytes: [0x1f, 0x8b], is: 'packed by gzip', hint: 'Unpack it first: gunzip.' },
  { bytes: [0x50, 0x4b, 3, 4], is: 'a workbook or another zip file', hint: 'Save it as "CSV UTF-8".' },
]

/**
 * The names in the header line of a file.
 *
 * @throws MR211 the file is no CSV in UTF-8, MR217 a field that has to have a column has none, MR219 the header is malformed or
 *   names a field twice
 */
export function csvHeader(path: string, record: Uint8Array, schema: Schema<unknown>): readonly string[] {
  const other = beginnings.find(({ bytes }) => bytes.every((byte, i) => record[i] === byte))
  if (other) throw new MillraceError('MR211', `${path} is ${other.is}`, { hint: other.hint })
  const names = csvNames(record, 0, record.length)
  if ('code' in names) throw new MillraceError('MR219', `the header of ${path} is malformed: ${names.reason}`)
  const missing = Object.entries(schema.fields as Record<string, FieldSpec>).filter(
    ([name, spec]) => !spec.nullable && !names.includes(name),
  )
  if (missing.length > 0) {
    const list = missing.map(([name]) => `\`${name}\``).join(', ')
    const notes = [`columns of the file: ${names.join(', ')}`]
    const divider = names.length === 1 ? /[;\t|]/.exec(names[0]!)?.[0] : undefined
    const hint = divider && `Divide the cells by commas; this file divides them by ${divider === '\t' ? 'tabs' : `\`${divider}\``}.`
    throw new MillraceError('MR217', `${path} has no column ${list}`, { notes, ...(hint && { hint }) })
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i && Object.hasOwn(schema.fields, name))
  if (twice !== undefined) throw new MillraceError('MR219', `the header of ${path} names \`${twice}\` twice`)
  return names
}

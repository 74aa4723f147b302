import { csvColumn } from '../../src/codecs/csv-column.js'
import { csvNames } from '../../src/codecs/csv-names.js'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import type { FieldSpec, Schema } from '../../src/model/schema.js'
import { columnList } from './column-list.js'
import { columnRemedy } from './column-remedy.js'
import { headerRemedy } from './header-remedy.js'
import { likelyDelimiter } from './likely-delimiter.js'
import { recordLimit } from './record-scanner.js'

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
 * @param delimiter the byte between cells.
 * @throws MR211 the file is no CSV in UTF-8, MR217 a field that has to have a column has none, or none has one, MR219 the header is
 *   malformed or names a field twice
 */
export function csvHeader(path: string, record: Uint8Array, schema: Schema<unknown>, delimiter: number): readonly string[] {
  const other = beginnings.find(({ bytes }) => bytes.every((byte, i) => record[i] === byte))
  if (other) throw new MillraceError('MR211', `${path} is ${other.is}`, { hint: other.hint })
  const names = csvNames(record, 0, record.length, delimiter)
  if (record.length >= recordLimit) {
    throw new MillraceError('MR219', `the header of ${path} is longer than ${recordLimit.toLocaleString('en')} bytes`, {
      hint: 'Look whether the file is CSV, and whether its lines end with line breaks.',
    })
  }
  if (!('code' in names) && names.some(name => /\r(?!\n)/.test(name))) {
    throw new MillraceError('MR219', `the header of ${path} holds a carriage return: its lines do not end with line feeds`, {
      hint: 'Save it with line breaks of Unix or Windows, not of old Macs: "CSV UTF-8".',
    })
  }
  const hint = headerRemedy(record) ?? likelyDelimiter(record, Object.keys(schema.fields), delimiter)
  const details = hint === undefined ? {} : { hint }
  if ('code' in names) throw new MillraceError('MR219', `the header of ${path} is malformed: ${names.reason}`, details)
  const fields = Object.entries(schema.fields as Record<string, FieldSpec>)
  const columns = fields.map(([name, spec]) => csvColumn(name, spec, names))
  const hasAny = columns.some(column => names.includes(column))
  const missing = columns.filter((column, i) => (!hasAny || !fields[i]![1].nullable) && !names.includes(column))
  if (missing.length > 0) {
    const notes = [`columns of the file: ${columnList(names)}`]
    const remedy = hint ?? columnRemedy(missing[0]!, schema, names)
    const message = `${path} has no column ${columnList(missing.map(name => `\`${name}\``))}`
    throw new MillraceError('MR217', message, { notes, ...(remedy !== undefined && { hint: remedy }) })
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i && columns.includes(name))
  if (twice !== undefined) throw new MillraceError('MR219', `the header of ${path} names \`${twice}\` twice`)
  return names
}

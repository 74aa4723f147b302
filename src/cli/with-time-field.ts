import { openFile } from '../../connectors/file/open-file.js'
import type { CsvOptions } from '../codecs/csv-form.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { schema as schemaOf, timestamp } from '../model/fields.js'
import type { FieldSpec, Schema } from '../model/schema.js'

const formats = ['rfc3339', 'epoch-ms'] as const

/**
 * A job's schema and the time column of a file that it does not have: RFC 3339 texts or ms since the epoch, as the first
 * record that can be read has it. A field that the schema has stays as it is.
 *
 * @throws MR432 where the column holds no times; what `openFile` throws, such as MR217 for a CSV file without the column.
 */
export async function withTimeField(path: string, schema: Schema<unknown>, name: string, options: CsvOptions): Promise<Schema<unknown>> {
  const fields = schema.fields as Readonly<Record<string, FieldSpec>>
  if (Object.hasOwn(fields, name)) return schema
  let first = Number.POSITIVE_INFINITY
  let found: Schema<unknown> | undefined
  let reason = 'the file has no record'
  for (const format of formats) {
    const time = schemaOf({ [name]: timestamp(format) }) as Schema<unknown>
    const seen = await firstRead(path, time, name, options)
    reason = seen.reason ?? reason
    if (seen.message >= first) continue
    first = seen.message
    found = time
  }
  if (!found) {
    throw new MillraceError('MR432', `\`${name}\` of ${path} is not a time: ${reason}`, {
      hint: 'a time is RFC 3339 text, such as 2026-01-31T12:00:00Z, or a number of ms since the epoch',
    })
  }
  return { ...schema, fields: { ...fields, ...(found.fields as Readonly<Record<string, FieldSpec>>) } as never }
}

/** The index of the first record whose time can be read; why the first one that cannot was refused. */
async function firstRead(
  path: string,
  time: Schema<unknown>,
  name: string,
  options: CsvOptions,
): Promise<{ readonly message: number; readonly reason?: string }> {
  const { reader, decoder } = await openFile(path, time, undefined, options)
  try {
    const chunk = await reader.next()
    if (!chunk) return { message: Number.POSITIVE_INFINITY }
    const { length, messages, rejected } = decoder({ wanted: new Set([name]), keyed: new Set() }).decode(chunk)
    const reason = rejected[0]?.reason
    return { message: length > 0 ? messages[0]! : Number.POSITIVE_INFINITY, ...(reason !== undefined && { reason }) }
  } finally {
    await reader.close('release')
  }
}

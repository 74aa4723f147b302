import { openFile } from '../../connectors/file/open-file.js'
import { textAt } from '../model/columns.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { schema, text } from '../model/fields.js'

/** The first text of a column in the first of these files that has one; undefined where none has, or none can be read. */
async function firstText(column: string, files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    try {
      const { reader, decoder } = await openFile(file, schema({ [column]: text().nullable() }))
      try {
        const chunk = await reader.next()
        const decoded = chunk && decoder({ wanted: new Set([column]), keyed: new Set() }).decode(chunk)
        const found = decoded?.columns[column]
        const value = found?.type === 'text' && decoded!.length > 0 ? textAt(found, 0) : null
        if (value !== null) return value
      } finally {
        await reader.close('release')
      }
    } catch (error) {
      // What is wrong with the file is told where the file is checked.
      if (!(error instanceof MillraceError)) throw error
    }
  }
  return undefined
}

/** An error about the type of a field, with what the data has in this field. */
export async function withSample(error: MillraceError, files: readonly string[]): Promise<MillraceError> {
  const field = error.code === 'MR104' ? /^`([^`]+)`/.exec(error.message)?.[1] : undefined
  const sample = field === undefined ? undefined : await firstText(field, files)
  return sample === undefined ? error : error.with({ notes: [`sample: ${JSON.stringify(sample)}`, ...error.notes] })
}

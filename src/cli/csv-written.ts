import type { CsvOptions } from '../codecs/csv-form.js'
import { MillraceError } from '../model/errors/millrace-error.js'

/** How the files of `--read` are written, as the command line says it. */
export interface CsvWords {
  readonly read: readonly string[]
  readonly delimiter?: string
  readonly decimal?: '.' | ','
}

/** The same as options; `\t` is a tab, which shells do not write easily. @throws MR601 where no file is read */
export function csvWritten({ read, delimiter, decimal }: CsvWords): CsvOptions {
  if (read.length === 0 && (delimiter !== undefined || decimal !== undefined)) {
    throw new MillraceError('MR601', '--delimiter and --decimal say how the files of --read are written, and there is none', {
      hint: 'a source of files has options of its own: csv(Schema, { delimiter, decimal })',
    })
  }
  return {
    ...(delimiter !== undefined && { delimiter: delimiter === '\\t' ? '\t' : delimiter }),
    ...(decimal !== undefined && { decimal }),
  }
}

import type { CsvOptions } from '../codecs/csv-form.js'
import { MillraceError } from '../model/errors/millrace-error.js'

/** How the files of `--read` are written, as the command line says it. */
export interface CsvWords {
  readonly read: readonly string[]
  readonly delimiter?: string
  readonly decimal?: '.' | ','
}

/** A file of JSON lines, perhaps with the name of its time. */
const ofJson = /\.(ndjson|jsonl)(\.gz)?(:[\w-]+)?$/i

/** The same as options; `\t` is a tab, which shells do not write easily. @throws MR601 where no file is read, or none of CSV */
export function csvWritten({ read, delimiter, decimal }: CsvWords): CsvOptions {
  const isSaid = delimiter !== undefined || decimal !== undefined
  if (isSaid && read.length === 0) {
    throw new MillraceError('MR601', '--delimiter and --decimal say how the files of --read are written, and there is none', {
      hint: 'a source of files has options of its own: csv(Schema, { delimiter, decimal })',
    })
  }
  if (isSaid && read.every(text => ofJson.test(text))) {
    throw new MillraceError(
      'MR601',
      `--delimiter and --decimal say how CSV is written, and --read ${read.join(' --read ')} is JSON lines`,
      {
        hint: 'leave them out; a file of CSV has a name that ends with .csv or .csv.gz',
      },
    )
  }
  return {
    ...(delimiter !== undefined && { delimiter: delimiter === '\\t' ? '\t' : delimiter }),
    ...(decimal !== undefined && { decimal }),
  }
}

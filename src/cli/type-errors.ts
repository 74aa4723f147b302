import { resolve } from 'node:path'
import { MillraceError } from '../model/errors/millrace-error.js'

/**
 * The errors in what `tsc --pretty false` printed: `FILE(LINE,COLUMN): error TSnnnn: text`, with further lines indented.
 *
 * @param folder where it ran: files are named from there.
 * @example
 * typeErrors("plant.job.ts(12,7): error TS2322: Type 'string' is not assignable to type 'number'.", '/plant')[0].place.line // 12
 */
export function typeErrors(output: string, folder: string): MillraceError[] {
  const errors: MillraceError[] = []
  for (const line of output.split('\n')) {
    const found = /^(.+)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(line.trimEnd())
    const last = errors.at(-1)
    if (found) {
      const [, file = '', row, column, code, text] = found
      const place = { file: resolve(folder, file), line: Number(row), column: Number(column) }
      errors.push(
        new MillraceError('MR609', `${code} ${text}`, {
          place,
          hint: 'mend the type; `run` does not check types, so the job may start and fail later',
        }),
      )
    } else if (last && /^\s+\S/.test(line)) errors[errors.length - 1] = last.with({ notes: [...last.notes, line.trim()] })
  }
  return errors
}

import { stat } from 'node:fs/promises'
import { MillraceError } from '../../src/model/errors/millrace-error.js'
import { otherThanFile } from './other-than-file.js'

/** Whether there is a file where results go; @throws MR335 where something else stands in its place */
export async function expectFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  const other = found && otherThanFile(found)
  if (other === undefined) return found !== undefined
  throw new MillraceError('MR335', `${path} cannot be written: it is ${other}, not a file`, {
    hint: 'Give the sink a path where a file is or may come, such as results/out.ndjson.',
  })
}

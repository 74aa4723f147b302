import { MillraceError } from '../../src/model/errors/millrace-error.js'

/** What shells make something of before a program sees it. */
const ofShells = /^~|[?[\]{}$]/

/** MR330; a path that looks as if a shell were to complete it gets told that none does. */
export function noSuchFile(path: string, cause?: unknown): MillraceError {
  const hint = ofShells.test(path)
    ? 'A path is taken as it stands: only `*` in its last part is a pattern, and env(…) a variable.'
    : undefined
  const message = path.includes('*') ? `no file matches ${path}` : `there is no file ${path}`
  return new MillraceError('MR330', message, { cause, ...(hint !== undefined && { hint }) })
}

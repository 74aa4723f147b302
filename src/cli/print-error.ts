import pc from 'picocolors'
import { MillraceError } from '../model/errors/millrace-error.js'
import { codeFrame } from './code-frame.js'

/** More of them at once help nobody. */
const mostErrors = 50

/**
 * Errors as the terminal shows them: code, what, where with the line of source, how to mend it, where to read more; those
 * that were found together one below the other. Errors without a code are shown with their stack, for they are ours to
 * mend.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof MillraceError)) {
    return `${pc.red('error')} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  }
  const errors = error.each()
  const shown = errors.slice(0, mostErrors).map(one => millraceErrorText(one))
  if (errors.length > mostErrors) shown.push(`${errors.length - mostErrors} more errors`)
  return shown.join('\n\n')
}

/** The same for programs that read lines of JSON: one object an error. */
export function errorLines(error: unknown): string {
  if (!(error instanceof MillraceError)) {
    return JSON.stringify({ level: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
  return error
    .each()
    .slice(0, mostErrors)
    .map(({ code, message, place, notes, hint }) =>
      JSON.stringify({ level: 'error', message, code, hint, ...(place && { place }), ...(notes.length > 0 && { notes }) }),
    )
    .join('\n')
}

/** One error; a warning says so. */
export function millraceErrorText({ code, message, place, notes, hint }: MillraceError, level: 'error' | 'warning' = 'error'): string {
  const colour = level === 'error' ? pc.red : pc.yellow
  return [
    `${colour(level)} ${pc.bold(code)}  ${message}`,
    ...(place ? codeFrame(place) : []),
    ...notes.map(note => `  ${pc.dim('=')} ${note}`),
    `  ${pc.dim('=')} try:  ${hint}`,
    `  ${pc.dim('=')} docs: millrace explain ${code}`,
  ].join('\n')
}

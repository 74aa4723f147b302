import pc from 'picocolors'
import type { ErrorCode } from '../model/errors/catalogue.js'
import { explainCode } from '../model/errors/catalogue.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { millraceErrorText } from './print-error.js'

/** One line of the report of `validate`; `--json` prints them as they are. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'error'
  /** The job file, or `JOB/ID` of a source or sink. */
  readonly job: string
  readonly message: string
  readonly code?: ErrorCode
  /** `FILE:LINE:COLUMN`, where a file is at fault. */
  readonly place?: string
  /** Further facts, one a line: samples, the expression. */
  readonly notes?: readonly string[]
  readonly hint?: string
}

/** A finding and how the terminal shows it. */
export interface Reported {
  readonly finding: Finding
  readonly text: string
}

export const fine = (job: string, message: string): Reported => ({
  finding: { level: 'ok', job, message },
  text: `${pc.green('ok     ')} ${message}`,
})

/** An error of a job file, with its line. */
export function wrong(job: string, error: MillraceError, level: 'error' | 'warning' = 'error'): Reported {
  const { code, message, place, notes, hint } = error
  const at = place && { place: `${place.file}:${place.line}:${place.column}` }
  return {
    finding: { level, job, message, code, ...at, ...(notes.length > 0 && { notes }), hint },
    text: `${millraceErrorText(error, level)}\n`,
  }
}

/** What is wrong outside of the job file: a peer, or two jobs together. Its hint stands in place of the code's remedy. */
export function outsideFault(
  job: string,
  level: 'error' | 'warning',
  message: string,
  code: ErrorCode | undefined,
  more: { readonly notes?: readonly string[] | undefined; readonly hint?: string | undefined } = {},
): Reported {
  const notes = more.notes ?? []
  const hint = code && (more.hint ?? explainCode(code)!.remedy)
  const mark = level === 'error' ? pc.red('error  ') : pc.yellow('warning')
  const below = [...notes, ...(hint ? [`try:  ${hint}`, `docs: millrace explain ${code}`] : [])]
  return {
    finding: { level, job, message, ...(code && { code }), ...(notes.length > 0 && { notes }), ...(hint && { hint }) },
    text: `${mark} ${code ? `${pc.bold(code)}  ` : ''}${message}${below.map(line => `\n  ${pc.dim('=')} ${line}`).join('')}`,
  }
}

/** Throws on what is no MillraceError: it is ours to mend. */
export function asFindings(job: string, error: unknown): readonly Reported[] {
  if (!(error instanceof MillraceError)) throw error
  return error.each().map(one => wrong(job, one))
}

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

/** What is wrong outside of the job file: a peer, or two jobs together. */
export function outsideFault(job: string, level: 'error' | 'warning', message: string, code: ErrorCode | undefined): Reported {
  const hint = code === undefined ? undefined : explainCode(code)!.remedy
  const mark = level === 'error' ? pc.red('error  ') : pc.yellow('warning')
  const remedy = hint === undefined ? '' : `\n  ${pc.dim('=')} try:  ${hint}\n  ${pc.dim('=')} docs: millrace explain ${code}`
  return {
    finding: { level, job, message, ...(code !== undefined && { code }), ...(hint !== undefined && { hint }) },
    text: `${mark} ${code === undefined ? '' : `${pc.bold(code)}  `}${message}${remedy}`,
  }
}

/** Throws on what is no MillraceError: it is ours to mend. */
export function asFindings(job: string, error: unknown): readonly Reported[] {
  if (!(error instanceof MillraceError)) throw error
  return error.each().map(one => wrong(job, one))
}

import { MillraceError } from '../model/errors/millrace-error.js'
import { asMillraceError } from '../runtime/as-millrace-error.js'
import type { SentError } from './demo-messages.js'

/** An error for the other process of a demo. */
export function sentError(thrown: unknown, job: string): SentError {
  const { code, message, notes, hint } = asMillraceError(thrown, job)
  return { code, message, notes, hint }
}

/** An error of the other process of a demo. */
export const receivedError = ({ code, message, notes, hint }: SentError): MillraceError => new MillraceError(code, message, { notes, hint })

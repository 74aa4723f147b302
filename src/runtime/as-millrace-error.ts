import { MillraceError } from '../model/errors/millrace-error.js'

/** What was thrown, as an error with a code: MR410 where it has none. */
export function asMillraceError(thrown: unknown, job: string): MillraceError {
  if (thrown instanceof MillraceError) return thrown
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  const stack = thrown instanceof Error ? (thrown.stack?.split('\n').slice(1, 6) ?? []) : []
  return new MillraceError('MR410', `'${job}' failed: ${reason}`, { cause: thrown, notes: stack.map(line => line.trim()) })
}

import { MillraceError } from '../../model/errors/millrace-error.js'

/** What a sink threw, as an error of the catalogue: MR413 where it is none. */
export function sinkError(sink: string, thrown: unknown): MillraceError {
  if (thrown instanceof MillraceError) return thrown
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return new MillraceError('MR413', `sink '${sink}' failed: ${reason}`, { cause: thrown })
}

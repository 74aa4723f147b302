import { resolve } from 'node:path'
import type { BuildFailure, Message } from 'esbuild'
import { MillraceError, type Place } from '../../model/errors/millrace-error.js'

function placeOf({ location }: Message, folder: string): Place | undefined {
  if (!location) return undefined
  return { file: resolve(folder, location.file), line: location.line, column: location.column + 1, length: Math.max(1, location.length) }
}

/** Everything that kept files from being bundled, in the order of the files; an error that is no build failure is thrown again. */
export function buildErrors(failure: unknown, folder: string): readonly [MillraceError, ...MillraceError[]] {
  const [first, ...others] = (failure as Partial<BuildFailure>).errors ?? []
  if (!first) throw failure
  const errorOf = (message: Message): MillraceError => {
    const place = placeOf(message, folder)
    // What a plugin of ours refused is an error with a code already.
    if (message.detail instanceof MillraceError) return place ? message.detail.at(place) : message.detail
    const code = message.text.startsWith('Could not resolve') ? 'MR405' : 'MR402'
    return new MillraceError(code, message.text, { cause: failure, ...(place && { place }) })
  }
  return [errorOf(first), ...others.map(errorOf)]
}

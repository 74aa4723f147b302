import { existsSync } from 'node:fs'
import { MillraceError } from '../model/errors/millrace-error.js'

/** One `--read NAME=FILE[:TIMEFIELD]`. */
export interface ReadOption {
  readonly source: string
  readonly file: string
  readonly timeField: string | undefined
}

/**
 * Reads `NAME=FILE` or `NAME=FILE:TIMEFIELD`. A file that exists under the whole name wins, so that colons in paths do
 * no harm.
 *
 * @throws MR604 for what is neither.
 * @example
 * readOption('readings=data/motes.csv') // { source: 'readings', file: 'data/motes.csv', timeField: undefined }
 */
export function readOption(text: string): ReadOption {
  const at = text.indexOf('=')
  if (at < 1 || at === text.length - 1) throw new MillraceError('MR604', `'${text}' is not of the form NAME=FILE`)
  const source = text.slice(0, at)
  const rest = text.slice(at + 1)
  const field = /^(.+\.\w+):([A-Za-z_][\w-]*)$/.exec(rest)
  if (!field || existsSync(rest)) return { source, file: rest, timeField: undefined }
  return { source, file: field[1]!, timeField: field[2] }
}

/** All of them; @throws MR604 where one is no NAME=FILE, or two have one name. */
export function readOptions(texts: readonly string[]): readonly ReadOption[] {
  const options = texts.map(readOption)
  const twice = options.find(({ source }, i) => options.findIndex(other => other.source === source) !== i)
  if (twice) throw new MillraceError('MR604', `--read binds '${twice.source}' twice`)
  return options
}

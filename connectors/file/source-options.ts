import { dirname } from 'node:path'
import type { DecoderSpec } from '../../src/codecs/decoder.js'
import { checkOptions, isText, type OptionCheck, wants } from '../../src/connector/check-options.js'
import type { Text } from '../../src/connector/secret.js'
import type { IdSpec } from '../../src/connector/source.js'

/** Options of a file source. */
export interface FileSourceOptions<out T> {
  /** Relative to the current folder. `*` in its last part stands for any characters: such files are read in the order of their names. */
  readonly path: Text
  /** `csv(S)` reads the names of the columns from the header line of each file; any other decoder gets each line as a message. */
  readonly decode: DecoderSpec<T>
  /**
   * False (default): files are read to their ends, then the source ends, and a job whose sources have all ended ends too.
   * True: they are followed as they grow, are rotated, cut, removed and come back, as `tail -F` does.
   */
  readonly follow?: boolean
  /** Where a line's identity is found, for recognising lines that were written twice; of JSON lines. */
  readonly id?: IdSpec
}

const path: OptionCheck = value => {
  if (!isText(value) || value === '') return 'wants a path'
  return typeof value === 'string' ? pathFault(value) : undefined
}

/** What is wrong with a path, once it is known. */
export const pathFault = (value: string): string | undefined =>
  dirname(value).includes('*') ? 'may have `*` in its last part only' : undefined

const checks: Readonly<Record<string, OptionCheck>> = {
  path,
  decode: wants.decoder,
  follow: wants.flag,
  id: value => (typeof value === 'object' && value !== null && 'from' in value ? undefined : "wants bodyId('path')"),
}

/** @throws MR302 naming every fault */
export function checkSourceOptions(options: FileSourceOptions<unknown>): void {
  const { id, decode } = options
  const further = id?.from === 'body' && decode?.params?.['decoder'] === 'csv' ? ['`id` is read from JSON, and these lines are CSV'] : []
  checkOptions('file', options, checks, ['path', 'decode'], further)
}

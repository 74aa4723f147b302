import type { DecoderSpec } from '../codecs/decoder.js'
import type { SourceSpec } from '../connector/source.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Schema } from '../model/schema.js'

/**
 * A source whose rows a test pushes itself.
 * Opened, it refuses (MR165): no process runs it.
 *
 * @example
 * const rows = read('rows', rowsSource(S))
 */
export function rowsSource<T>(schema: Schema<T>): SourceSpec<T> {
  const closed = () => Promise.reject(new MillraceError('MR165', 'rowsSource is pushed by the test, not opened'))
  const decoder: DecoderSpec<T> = {
    params: {},
    schema,
    opaque: false,
    compile: () => {
      throw new MillraceError('MR165', 'rowsSource has no bytes to decode')
    },
  }
  return { connector: 'rows', params: {}, decoder, id: undefined, usesEmbeddedNode: false, open: closed, check: () => Promise.resolve([]) }
}

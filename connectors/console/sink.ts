import type { SinkSpec } from '../../src/connector/sink.js'
import { type ConsoleSinkOptions, checkSinkOptions } from './sink-options.js'
import { ConsoleSinkWriter } from './sink-writer.js'

/**
 * Prints rows on stdout: as a table in a terminal, with colours unless NO_COLOR is set, else a JSON object a line, with the
 * sink's id as `result`.
 *
 * It is for looking, not for keeping: a reader that does not keep up holds the job back for a second, then rows are dropped, and
 * counted in the log and the sink's status. For files and pipes that must have every row take `fileSink`.
 *
 * @throws MR302 naming every wrong option.
 * @example
 * climate.pipe(into(consoleSink('climate', { every: 10 })))
 */
export function consoleSink<T>(id: string, options: ConsoleSinkOptions = {}): SinkSpec<T> {
  checkSinkOptions(id, options)
  return {
    id,
    connector: 'console',
    params: { ...options },
    kind: 'sink',
    promise: { guarantee: 'append', loses: 'what nobody reads from stdout within a second is dropped, and counted' },
    expressions: {},
    usesEmbeddedNode: false,
    open: async context => new ConsoleSinkWriter(context, process.stdout, options),
    check: async () => [{ ok: true, message: 'prints on stdout' }],
  }
}

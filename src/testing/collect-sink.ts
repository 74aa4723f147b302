import type { SinkSpec, SinkWriter } from '../connector/sink.js'

/**
 * A sink for tests that keeps nothing: its rows are read from the graph. `view` also gets provisional rows and removals.
 *
 * @example
 * climate.pipe(into(collectSink('climate')))
 */
export function collectSink<T>(id: string, kind: 'view' | 'sink' = 'view'): SinkSpec<T> {
  const writer: SinkWriter = {
    guarantee: 'append',
    open: () => Promise.resolve(undefined),
    write: () => Promise.resolve(),
    status: () => ({ connected: true, detail: 'collects', pending: 0 }),
    close: () => Promise.resolve(),
  }
  return {
    id,
    connector: 'collect',
    params: {},
    kind,
    expressions: {},
    usesEmbeddedNode: false,
    open: () => Promise.resolve(writer),
    check: () => Promise.resolve([]),
  }
}

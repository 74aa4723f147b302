import type { SourceSpec } from '../connector/source.js'
import type { GraphBuilder } from './builder.js'
import { schemaColumns } from './rows-to-columns.js'
import type { Stream } from './stream.js'

/**
 * The stream of a source. Until `eventTime` says otherwise, rows happen when they arrive: the watermark is the arrival
 * clock − 1 ms.
 */
export function readSource<T>(builder: GraphBuilder, id: string, spec: SourceSpec<T>): Stream<T> {
  let wall = Number.NEGATIVE_INFINITY
  let frozen = false
  const stream = builder.add<T>({
    op: 'read',
    kind: 'source',
    id,
    inputs: [],
    params: { connector: spec.connector, ...spec.params, decode: spec.decoder.params },
    columns: schemaColumns(spec.decoder.schema.fields),
    ...(spec.decoder.opaque && { opaque: true }),
    uses: new Set<string>(),
    passes: true,
    logic: () => ({
      onBatch(batch, emit) {
        wall = batch.clock.wall
        frozen = batch.clock.frozen
        emit(batch)
      },
      // Arrival-time windows close when the clock has passed their end; no tick helps one that it has passed.
      deadline: pending =>
        frozen || pending === Number.POSITIVE_INFINITY || pending < wall ? Number.POSITIVE_INFINITY : pending + 1 - wall,
    }),
  })
  builder.sources.set(id, spec as SourceSpec<unknown>)
  return stream
}

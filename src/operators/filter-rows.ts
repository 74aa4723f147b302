import type { Batch } from '../model/batch.js'
import { messageOf } from './map-rows.js'
import { type Operator, operator } from './operator.js'
import { expectValue } from './options-of.js'

/**
 * Keeps the rows for which a JavaScript function says true. The function must be deterministic; where it throws, its
 * row goes to the dead letters. Prefer `where`, which is faster, explained and translated.
 *
 * @example
 * readings.pipe(filterRows('plausible', r => Math.abs(r.celsius) < 100))
 */
export function filterRows<T>(id: string, fn: (row: T) => boolean): Operator<T, T> {
  return operator('filterRows', stream => {
    expectValue(typeof fn === 'function', `filterRows '${id}'`, `an id, then a function of a row: filterRows('plausible', row => …)`)
    const trace = stream.window
    const repeats = trace !== undefined && (trace.early || trace.allowedLateness > 0)
    return stream.builder.add<T>({
      op: 'filterRows',
      id,
      inputs: [stream],
      params: {},
      columns: stream.columns,
      opaque: true,
      uses: 'all',
      passes: true,
      window: trace,
      logic: context => ({
        onBatch(input, emit) {
          const batch = input as Batch<T>
          const rows = new Int32Array(batch.length)
          const removed = repeats ? new Uint8Array(batch.length) : undefined
          let count = 0
          for (let i = 0; i < batch.length; i++) {
            try {
              const holds = fn(batch.row(i)) === true
              if (!holds && !removed) continue
              if (removed) removed[count] = holds ? (batch.removed?.[i] ?? 0) : 1
              rows[count++] = i
            } catch (error) {
              context.reject(batch, i, 'MR161', `'${id}' threw: ${messageOf(error)}`, error instanceof Error ? error.stack : undefined)
            }
          }
          const kept = count === batch.length ? batch : batch.take(rows, count)
          emit(removed ? kept.with({ removed: removed.subarray(0, count) }) : kept)
        },
      }),
    })
  })
}

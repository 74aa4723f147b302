import { compilePredicate } from '../expr/compile-predicate.js'
import { fieldsUsed } from '../expr/fields-used.js'
import { traceExpr } from '../expr/trace.js'
import type { BoolExpr, SymbolicRow } from '../expr/types.js'
import type { Batch } from '../model/batch.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { planJson } from '../plan/plan-json.js'
import { type Operator, operator } from './operator.js'

/**
 * Keeps the rows for which a condition holds; null does not hold. Where a newer row of a window's key no longer holds,
 * a removal goes on in its place, so that views and sinks withdraw what they were told before.
 *
 * @throws MR115 for what is no condition, and MR110 … MR122 for what no expression may be.
 * @example
 * readings.pipe(where(r => r.celsius.gt(-40)))
 */
export function where<T>(condition: (row: SymbolicRow<T>) => BoolExpr<boolean | null>): Operator<T, T> {
  return operator('where', stream => {
    const node = traceExpr(condition, stream.columns, 'where')
    if (node.type !== 'boolean')
      throw new MillraceError('MR115', `where wants a condition, not a ${node.type}`, { hint: 'compare it: `r => r.celsius.gt(28)`' })
    const trace = stream.window
    const repeats = trace !== undefined && (trace.early || trace.allowedLateness > 0)
    return stream.builder.add<T>({
      op: 'where',
      inputs: [stream],
      params: { condition: planJson(node) },
      columns: stream.columns,
      uses: fieldsUsed([node]),
      passes: true,
      window: trace,
      logic: () => {
        const select = compilePredicate(node)
        let rows = new Int32Array(0)
        return {
          onBatch(batch, emit) {
            if (batch.length === 0) return emit(batch)
            if (rows.length < batch.length) rows = new Int32Array(batch.length)
            const count = select(batch, rows)
            if (repeats) return emit(withdraw(batch, rows, count))
            if (count === batch.length) return emit(batch)
            emit(batch.take(rows, count))
          },
        }
      },
    })
  })
}

/** All rows, those that fail as removals of what the same key and window said before. */
function withdraw(batch: Batch, held: Int32Array, count: number): Batch {
  if (count === batch.length) return batch
  const removed = new Uint8Array(batch.length).fill(1)
  for (let i = 0; i < count; i++) removed[held[i]!] = batch.removed?.[held[i]!] ?? 0
  return batch.with({ removed })
}

import type { Batch } from '../model/batch.js'
import { holds } from './compile-logic.js'
import { compileNode } from './compile-node.js'
import { Kernels } from './kernels.js'
import type { ExprNode } from './node.js'

const noNulls = new Uint8Array(0)

/**
 * Compiles a condition. The function writes the indices of the rows for which it is true (null is not) to `rows`, in
 * order, and gives their count; `rows` has room for the whole batch, and entries behind the count are undefined.
 *
 * @example
 * const rows = new Int32Array(batch.length)
 * const kept = batch.take(rows, compilePredicate(condition)(batch, rows))
 */
export function compilePredicate(node: ExprNode): (batch: Batch, rows: Int32Array) => number {
  const kernels = new Kernels(node, source => {
    const condition = compileNode(source, node)
    // Without a jump: the index is written in any case and kept only if the count moves on.
    source.each(`output[found] = i; found += ${holds(condition)}`)
    return source.build('let found = 0', 'found')
  })
  return (batch, rows) => {
    if (batch.length === 0) return 0
    const columns = kernels.columns(batch)
    return kernels.for(columns)(columns, batch.times, batch.clock, batch.length, rows, noNulls)
  }
}

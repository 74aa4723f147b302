import type { Batch } from '../model/batch.js'
import type { Column } from '../model/columns.js'
import { compileNode } from './compile-node.js'
import type { KernelSource, Output } from './kernel.js'
import { Kernels } from './kernels.js'
import type { ExprNode } from './node.js'

const noRows = new Float64Array(0)
const noFlags = new Uint8Array(0)

/** A column without rows: batches that carry time alone have no columns. */
function emptyColumn(node: ExprNode): Column {
  if (node.type === 'text') return { type: 'text', form: 'plain', values: [] }
  if (node.type === 'list') return { type: 'list', values: [] }
  if (node.type === 'boolean') return { type: 'boolean', values: noFlags, nulls: undefined }
  return { type: 'number', values: noRows, nulls: undefined }
}

function generate(source: KernelSource, node: ExprNode) {
  const { value, isNull } = compileNode(source, node)
  if (node.type === 'text') {
    source.each(`output[i] = ${isNull === undefined ? value : `${isNull} === 1 ? null : ${value}`}`)
    return source.build('', '0')
  }
  if (isNull === undefined) {
    source.each(`output[i] = ${value}`)
    return source.build('', '0')
  }
  source.each(`nulls[i] = ${isNull}; count += ${isNull}; output[i] = ${isNull} === 1 ? 0 : ${value}`)
  return source.build('let count = 0', 'count')
}

/**
 * Compiles an expression to a function from a batch to a new column of as many rows. A bare field gives the batch's own
 * column object. Null values hold 0 or false behind the mask; without any null there is no mask.
 *
 * @example
 * const half = compileColumn(nodeOf(r.celsius.div(2)))
 * half(batch) // { type: 'number', values: Float64Array, nulls: undefined }
 */
export function compileColumn(node: ExprNode): (batch: Batch) => Column {
  const empty = emptyColumn(node)
  if (node.op === 'field') return batch => (batch.length === 0 ? (batch.columns[node.name!] ?? empty) : ownColumn(batch, node.name!))
  const kernels = new Kernels(node, source => generate(source, node))
  return batch => {
    const { length } = batch
    if (length === 0) return empty
    const columns = kernels.columns(batch)
    const run = (output: Output, nulls: Uint8Array): number =>
      kernels.for(columns)(columns, batch.times, batch.clock, length, output, nulls)
    if (node.type === 'text') {
      const values: (string | null)[] = new Array(length).fill(null)
      run(values, noFlags)
      return { type: 'text', form: 'plain', values }
    }
    const nulls = new Uint8Array(length)
    if (node.type === 'boolean') {
      const values = new Uint8Array(length)
      return { type: 'boolean', values, nulls: run(values, nulls) === 0 ? undefined : nulls }
    }
    const values = new Float64Array(length)
    return { type: 'number', values, nulls: run(values, nulls) === 0 ? undefined : nulls }
  }
}

function ownColumn(batch: Batch, name: string): Column {
  const column = batch.columns[name]
  if (!column) throw new TypeError(`the batch has no column '${name}'`)
  return column
}

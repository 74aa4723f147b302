import { MillraceError } from '../model/errors/millrace-error.js'
import type { ExprNode } from './node.js'
import type { Expr } from './types.js'

const nodes = new WeakMap<object, ExprNode>()

/** Ties a symbolic column to its node. */
export function registerColumn(column: object, node: ExprNode): void {
  nodes.set(column, node)
}

/** The node behind a symbolic column, or undefined when the value is none. */
export const nodeIfColumn = (value: unknown): ExprNode | undefined =>
  typeof value === 'object' && value !== null ? nodes.get(value) : undefined

/**
 * The node behind a symbolic column.
 *
 * @throws MR113 when the value is no symbolic column.
 */
export function nodeOf(expr: Expr<unknown>): ExprNode {
  const node = nodeIfColumn(expr)
  if (!node) throw new MillraceError('MR113', 'the value is not a column of an expression')
  return node
}

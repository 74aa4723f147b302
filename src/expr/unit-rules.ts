import type { ExprNode } from './node.js'

/** Two units in one sum: the one that is given, or none if they differ. */
export const joinedUnit = (a: ExprNode, b: ExprNode): string | undefined => {
  if (a.unit === undefined || b.unit === undefined) return a.unit ?? b.unit
  return a.unit === b.unit ? a.unit : undefined
}

/** A product keeps a unit only where the other factor is a plain number. */
export const scaledUnit = (a: ExprNode, b: ExprNode): string | undefined => (b.op === 'literal' ? a.unit : undefined)

/** The node with a unit, if there is one. */
export const withUnit = (node: ExprNode, unit: string | undefined): ExprNode => (unit === undefined ? node : { ...node, unit })

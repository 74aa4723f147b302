import { literalNode } from './operand.js'
import { SymbolicColumn } from './symbolic-column.js'
import type { ExprOf } from './types.js'

/** A constant as a column takes the general type; texts keep theirs, for `oneOf` fields. */
export type Widened<V> = V extends number ? number : V extends boolean ? boolean : V

/**
 * A constant as a column, where JavaScript would otherwise stand on the left.
 *
 * @throws MR116 for anything but a finite number, a text or a boolean.
 * @example
 * derive(r => ({ share: literal(100).mul(r.part).div(r.whole) }))
 */
export const literal = <const V extends number | string | boolean>(value: V): ExprOf<Widened<V>> =>
  new SymbolicColumn(literalNode(value)) as unknown as ExprOf<Widened<V>>

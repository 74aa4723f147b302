import type { Json } from '../model/json.js'
import type { ValueType } from '../model/value-type.js'

/**
 * One node of an expression, as pure JSON: what `explain` prints, what golden plans hold, what is compiled to a loop
 * and translated to Flink SQL. `op` is the vocabulary's word: `field`, `literal`, `now`, `gt`, `add`, `format`, ….
 */
export interface ExprNode {
  readonly op: string
  readonly type: ValueType
  readonly nullable: boolean
  readonly args?: readonly ExprNode[]
  /** For `field`. */
  readonly name?: string
  /** For `literal`, and parameters such as a pattern, a list of values, a time unit. */
  readonly value?: Json
  readonly unit?: string
}

import type { ExprNode } from '../expr/node.js'
import type { Expr, SymbolicRow } from '../expr/types.js'
import type { Json } from '../model/json.js'
import type { ValueType } from '../model/value-type.js'
import type { Accumulator, AggregatePlan } from './aggregate.js'

const aggregateBrand: unique symbol = Symbol('millrace.aggregate')

/** What one kind of aggregate is, apart from the expression that it reads. */
export interface AggregateDefinition {
  readonly op: string
  /** Types that its expression may have; undefined: it reads none. */
  readonly accepts: readonly ValueType[] | undefined
  readonly version: number
  /** Type, nullability and unit of the result. */
  result(input: ExprNode | undefined): Pick<AggregatePlan, 'type' | 'nullable' | 'unit'>
  create(plan: AggregatePlan): Accumulator
}

/**
 * An aggregate as a job names it: inert until an operator binds it to the columns of a stream. `T` is the row type that
 * it reads, `R` the type of its result.
 */
export interface AggregateSpec<T, out R> {
  readonly [aggregateBrand]: true
  readonly definition: AggregateDefinition
  readonly input: ((row: never) => Expr<unknown>) | undefined
  readonly options: { readonly [key: string]: Json } | undefined
  /** Types only. */
  readonly rowType?: (row: T) => void
  readonly resultType?: R
}

/** For the constructors of this room. */
export function aggregateSpec<T, R>(
  definition: AggregateDefinition,
  input?: (row: SymbolicRow<T>) => Expr<unknown>,
  options?: { readonly [key: string]: Json },
): AggregateSpec<T, R> {
  return Object.freeze({ [aggregateBrand]: true as const, definition, input: input as AggregateSpec<T, R>['input'], options })
}

/** True for what the constructors of this room gave. */
export function isAggregateSpec(value: unknown): value is AggregateSpec<never, unknown> {
  return typeof value === 'object' && value !== null && aggregateBrand in value
}

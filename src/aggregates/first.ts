import type { Expr, SymbolicRow } from '../expr/types.js'
import { type AggregateDefinition, type AggregateSpec, aggregateSpec } from './aggregate-spec.js'
import { timedAccumulator } from './timed-accumulator.js'
import { unitOf } from './unit-of.js'

const definition: AggregateDefinition = {
  op: 'first',
  accepts: ['number', 'integer', 'boolean', 'text', 'timestamp', 'list'],
  version: 1,
  result: input => ({ type: input?.type ?? 'number', nullable: true, ...unitOf(input) }),
  create: plan => timedAccumulator('first', plan.type),
}

/**
 * The value with the earliest event time that is not null, in its unit; of equal times the first to arrive; null if there is none.
 *
 * @example
 * first(r => r.state)
 */
export function first<T, V>(of: (row: SymbolicRow<T>) => Expr<V>): AggregateSpec<T, V | null> {
  return aggregateSpec(definition, of)
}

import type { NumberExpr, SymbolicRow } from '../expr/types.js'
import { type AggregateDefinition, type AggregateSpec, aggregateSpec } from './aggregate-spec.js'
import { SumAccumulator } from './sum-accumulator.js'
import { unitOf } from './unit-of.js'

const definition: AggregateDefinition = {
  op: 'mean',
  accepts: ['number', 'integer'],
  version: 1,
  result: input => ({ type: 'number', nullable: true, ...unitOf(input) }),
  create: () => new SumAccumulator(true),
}

/**
 * The arithmetic mean of the values that are not null, in their unit; null if there is none.
 *
 * @example
 * mean(r => r.celsius)
 */
export function mean<T>(of: (row: SymbolicRow<T>) => NumberExpr<number> | NumberExpr<number | null>): AggregateSpec<T, number | null> {
  return aggregateSpec(definition, of)
}

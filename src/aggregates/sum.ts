import type { NumberExpr, SymbolicRow } from '../expr/types.js'
import { type AggregateDefinition, type AggregateSpec, aggregateSpec } from './aggregate-spec.js'
import { SumAccumulator } from './sum-accumulator.js'
import { unitOf } from './unit-of.js'

const definition: AggregateDefinition = {
  op: 'sum',
  accepts: ['number', 'integer'],
  version: 1,
  result: input => ({ type: input?.type === 'integer' ? 'integer' : 'number', nullable: true, ...unitOf(input) }),
  create: () => new SumAccumulator(false),
}

/**
 * The sum of the values that are not null, in their unit; null if there is none (as in SQL).
 *
 * @example
 * sum(r => r.litres)
 */
export function sum<T>(of: (row: SymbolicRow<T>) => NumberExpr<number> | NumberExpr<number | null>): AggregateSpec<T, number | null> {
  return aggregateSpec(definition, of)
}

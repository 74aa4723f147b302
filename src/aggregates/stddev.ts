import type { NumberExpr, SymbolicRow } from '../expr/types.js'
import { type AggregateDefinition, type AggregateSpec, aggregateSpec } from './aggregate-spec.js'
import { Moments } from './moments.js'
import { unitOf } from './unit-of.js'

const definition: AggregateDefinition = {
  op: 'stddev',
  accepts: ['number', 'integer'],
  version: 1,
  result: input => ({ type: 'number', nullable: true, ...unitOf(input) }),
  create: () => new Moments('stddev'),
}

/**
 * The standard deviation of the sample (n − 1, SQL's `stddev_samp`) of the values that are not null, in their unit;
 * null for fewer than two.
 *
 * @example
 * stddev(r => r.celsius)
 */
export function stddev<T>(of: (row: SymbolicRow<T>) => NumberExpr<number> | NumberExpr<number | null>): AggregateSpec<T, number | null> {
  return aggregateSpec(definition, of)
}

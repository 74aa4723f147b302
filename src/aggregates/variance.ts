import type { NumberExpr, SymbolicRow } from '../expr/types.js'
import { type AggregateDefinition, type AggregateSpec, aggregateSpec } from './aggregate-spec.js'
import { Moments } from './moments.js'

const definition: AggregateDefinition = {
  op: 'variance',
  accepts: ['number', 'integer'],
  version: 1,
  result: () => ({ type: 'number', nullable: true }),
  create: () => new Moments('variance'),
}

/**
 * The variance of the sample (divided by n − 1, SQL's `var_samp`) of the values that are not null; null for fewer than
 * two. Its unit, the square, is not named.
 *
 * @example
 * variance(r => r.celsius)
 */
export function variance<T>(of: (row: SymbolicRow<T>) => NumberExpr<number> | NumberExpr<number | null>): AggregateSpec<T, number | null> {
  return aggregateSpec(definition, of)
}

import type { NumberExpr, SymbolicRow, TextExpr, TimeExpr, ValueOf } from '../expr/types.js'
import type { Instant } from '../model/schema.js'
import { type AggregateDefinition, type AggregateSpec, aggregateSpec } from './aggregate-spec.js'
import { NumberExtreme } from './number-extreme.js'
import { TextExtreme } from './text-extreme.js'
import { unitOf } from './unit-of.js'

type Ordered = NumberExpr | NumberExpr<number | null> | TimeExpr | TimeExpr<Instant | null> | TextExpr | TextExpr<string | null>

const definition: AggregateDefinition = {
  op: 'max',
  accepts: ['number', 'integer', 'timestamp', 'text'],
  version: 1,
  result: input => ({ type: input?.type ?? 'number', nullable: true, ...unitOf(input) }),
  create: plan => (plan.type === 'text' ? new TextExtreme('max') : new NumberExtreme('max')),
}

/**
 * The greatest number, time or text, in its unit; null if there is none. Nulls and NaN are skipped; texts compare by code
 * units.
 *
 * @example
 * max(r => r.celsius)
 */
export function max<T, E extends Ordered>(of: (row: SymbolicRow<T>) => E): AggregateSpec<T, ValueOf<E> | null> {
  return aggregateSpec(definition, of)
}

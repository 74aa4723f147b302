import type { Expr, SymbolicRow } from '../expr/types.js'
import { type AggregateDefinition, type AggregateSpec, aggregateSpec } from './aggregate-spec.js'
import { CountDistinctAccumulator } from './count-distinct-accumulator.js'

const definition: AggregateDefinition = {
  op: 'countDistinct',
  accepts: ['number', 'integer', 'boolean', 'text', 'timestamp'],
  version: 1,
  result: () => ({ type: 'integer', nullable: false }),
  create: plan => new CountDistinctAccumulator(plan.input!.type),
}

/**
 * The exact number of different values that are not null. Costs memory for each of them, about 40 bytes and a text's
 * own length, for each key and pane: meant for states, rooms or error codes, not for ids of messages.
 *
 * @example
 * countDistinct(r => r.state)
 */
export function countDistinct<T>(of: (row: SymbolicRow<T>) => Expr<unknown>): AggregateSpec<T, number> {
  return aggregateSpec(definition, of)
}

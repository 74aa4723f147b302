import type { Expr, SymbolicRow } from '../expr/types.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { type AggregateDefinition, type AggregateSpec, aggregateSpec } from './aggregate-spec.js'
import { CollectAccumulator } from './collect-accumulator.js'

export interface CollectOptions {
  /** How many values are kept for a key and window: 1 to 100,000. */
  readonly limit: number
}

const greatestLimit = 100_000

const definition: AggregateDefinition = {
  op: 'collect',
  accepts: ['number', 'integer', 'boolean', 'text', 'timestamp'],
  version: 1,
  result: () => ({ type: 'list', nullable: false }),
  create: plan => new CollectAccumulator(plan.options?.['limit'] as number, plan.input!.type),
}

/**
 * The values that are not null as a list in the order of event time, equal times in order of arrival; of more than
 * `limit` the earliest. Empty if there is none.
 *
 * @throws MR193 when the limit is no whole number from 1 to 100,000.
 * @example
 * collect(r => r.celsius, { limit: 100 })
 */
export function collect<T, V>(of: (row: SymbolicRow<T>) => Expr<V>, options: CollectOptions): AggregateSpec<T, readonly NonNullable<V>[]> {
  const limit = options?.limit
  if (!Number.isInteger(limit) || limit < 1 || limit > greatestLimit) {
    throw new MillraceError('MR193', `collect cannot keep ${String(limit)} values`)
  }
  return aggregateSpec(definition, of, { limit })
}

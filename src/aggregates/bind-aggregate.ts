import { traceExpr } from '../expr/trace.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { ColumnInfo } from '../model/value-type.js'
import type { AggregatePlan, BoundAggregate } from './aggregate.js'
import { type AggregateSpec, isAggregateSpec } from './aggregate-spec.js'

/**
 * Traces the expression of an aggregate over the columns of a stream.
 *
 * @throws MR190 when the value is no aggregate, MR191 when the expression has a type that the aggregate cannot read,
 *   and what tracing throws.
 */
export function bindAggregate(spec: AggregateSpec<never, unknown>, columns: readonly ColumnInfo[]): BoundAggregate {
  if (!isAggregateSpec(spec)) throw new MillraceError('MR190', `\`${String(spec)}\` is not an aggregate`)
  const { definition, options } = spec
  const input = spec.input && traceExpr(spec.input as never, columns, definition.op)
  if (input && !definition.accepts?.includes(input.type)) {
    throw new MillraceError('MR191', `${definition.op} cannot read a ${input.type}; it reads ${definition.accepts?.join(', ')}`)
  }
  const plan: AggregatePlan = {
    op: definition.op,
    ...(input && { input }),
    ...(options && { options }),
    ...definition.result(input),
    version: definition.version,
  }
  return { plan, create: () => definition.create(plan) }
}

import { sourceNotes } from '../expr/expression-place.js'
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
  if (!isAggregateSpec(spec)) throw notAnAggregate(spec)
  const { definition, options } = spec
  const input = spec.input && traceExpr(spec.input as never, columns, definition.op)
  if (input && !definition.accepts?.includes(input.type)) {
    const reads = definition.accepts?.join(', ')
    throw new MillraceError('MR191', `${definition.op} cannot read a ${input.type}; it reads ${reads}`, sourceNotes(spec.input))
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

function notAnAggregate(value: unknown): MillraceError {
  if (typeof value === 'function' && /^function \w/.test(String(value)))
    return new MillraceError('MR190', `\`${value.name}\` is a function, not yet an aggregate`, { hint: `call it: ${value.name}()` })
  const shown = typeof value === 'object' ? 'an object' : `\`${String(value).split('\n')[0]}\``
  return new MillraceError('MR190', `${shown} is not an aggregate`)
}

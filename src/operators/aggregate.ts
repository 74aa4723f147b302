import type { AggregateSpec } from '../aggregates/aggregate-spec.js'
import { bindAggregate } from '../aggregates/bind-aggregate.js'
import { columnInfo } from '../expr/column-info.js'
import { fieldsUsed } from '../expr/fields-used.js'
import { traceRecord } from '../expr/trace.js'
import type { Expr, SymbolicRow, ValuesOf } from '../expr/types.js'
import { type Duration, durationMs } from '../model/duration.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Json } from '../model/json.js'
import { type Instant, reservedFields } from '../model/schema.js'
import type { ColumnInfo } from '../model/value-type.js'
import { planRecord } from '../plan/plan-json.js'
import { isWindowPlan, type WindowPlan } from '../windows/window-plan.js'
import { createAggregateLogic } from './aggregate-logic.js'
import { type Operator, operator } from './operator.js'
import { expectValue, optionsOf } from './options-of.js'
import type { Output, Stream } from './stream.js'

/** Which rows belong together, and when their result is known. */
export interface AggregateOptions<T, K> {
  /** The key: one result row for each of its values and window. Left out: one row a window. */
  readonly by?: (row: SymbolicRow<T>) => K
  readonly over: WindowPlan
  /** Emit provisional rows of open windows that changed, this often. */
  readonly early?: Duration
  /** Keep windows this long behind the watermark; each late row then emits a revision. Default none. */
  readonly allowedLateness?: Duration
  /** Receives the rows that no window took. */
  readonly late?: (rows: Stream<T>) => Output
}

/** The columns that every result row has besides its key and its aggregates. */
export interface WindowColumns {
  readonly window_start: Instant
  readonly window_end: Instant
  readonly final: boolean
  readonly revision: number
}

type ResultsOf<A> = { readonly [K in keyof A]: A[K] extends AggregateSpec<never, infer R> ? R : never }

/** A result row of `aggregate`. */
export type ResultRow<K, A> = ValuesOf<K> & ResultsOf<A> & WindowColumns

const windowInfos: readonly ColumnInfo[] = [
  { name: 'window_start', type: 'timestamp', nullable: false },
  { name: 'window_end', type: 'timestamp', nullable: false },
  { name: 'final', type: 'boolean', nullable: false },
  { name: 'revision', type: 'integer', nullable: false },
]

/**
 * Windowed aggregates by key. Results leave in the order of window end, then key, when the watermark passes the end of
 * their window; their event time is `window_end − 1 ms`.
 *
 * @throws MR159 for an unknown option, MR160 for a column that is there twice or has a reserved name.
 * @example
 * aggregate('climate', { by: r => ({ room: r.room }), over: tumbling('1m') }, { mean: mean(r => r.celsius), n: count() })
 */
export function aggregate<
  T,
  const A extends Readonly<Record<string, AggregateSpec<T, unknown>>>,
  K extends Readonly<Record<string, Expr<unknown>>> = Readonly<Record<never, never>>,
>(id: string, options: AggregateOptions<T, K>, aggregates: A): Operator<T, ResultRow<K, A>> {
  const checked = optionsOf('aggregate', options, ['by', 'over', 'early', 'allowedLateness', 'late'])
  const early = checked.early === undefined ? undefined : durationMs(checked.early, 'early')
  const allowedLateness = checked.allowedLateness === undefined ? 0 : durationMs(checked.allowedLateness, 'allowedLateness')
  const window = checked.over
  expectValue(isWindowPlan(window), `aggregate '${id}'`, "`over` to be a window such as tumbling('1m') or hopping('5m', { every: '1m' })")
  expectValue(typeof aggregates === 'object' && aggregates !== null, `aggregate '${id}'`, 'its aggregates, such as { n: count() }')
  return operator('aggregate', stream => {
    const by = checked.by ? traceRecord(checked.by as never, stream.columns, `the key of '${id}'`) : {}
    const bound = Object.entries(aggregates).map(([name, spec]) => ({ name, bound: bindAggregate(spec as never, stream.columns) }))
    for (const name of Object.keys(aggregates)) {
      if (Object.hasOwn(by, name) || reservedFields.has(name)) throw new MillraceError('MR160', `'${id}' has two columns named \`${name}\``)
    }
    for (const name of Object.keys(by)) {
      if (reservedFields.has(name)) throw new MillraceError('MR160', `the key column \`${name}\` of '${id}' has a reserved name`)
    }
    const columns = [
      ...Object.entries(by).map(([name, node]) => columnInfo(name, node)),
      ...bound.map(({ name, bound: { plan } }) => ({
        name,
        type: plan.type,
        nullable: plan.nullable,
        ...(plan.unit !== undefined && { unit: plan.unit }),
      })),
      ...windowInfos,
    ]
    const inputs = bound.flatMap(({ bound: { plan } }) => (plan.input ? [plan.input] : []))
    const builder = stream.builder
    const results = builder.add<ResultRow<K, A>>({
      op: 'aggregate',
      id,
      inputs: [stream],
      params: {
        by: planRecord(by),
        window: { ...window },
        aggregates: Object.fromEntries(bound.map(({ name, bound: { plan } }) => [name, plan as unknown as Json])),
        ...(early !== undefined && { early }),
        ...(allowedLateness > 0 && { allowedLateness }),
      },
      columns,
      stateful: true,
      uses: fieldsUsed([...Object.values(by), ...inputs]),
      keyed: new Set(Object.values(by).flatMap(node => (node.op === 'field' && node.name !== undefined ? [node.name] : []))),
      passes: false,
      window: { operator: id, by: Object.keys(by), size: window.size, every: window.every, early: early !== undefined, allowedLateness },
      ports: checked.late ? ['late'] : [],
      logic: context =>
        createAggregateLogic(
          {
            by: Object.entries(by).map(([name, node]) => ({ name, node })),
            window,
            aggregates: bound,
            ...(early !== undefined && { early }),
            allowedLateness,
            windowedInput: stream.window !== undefined,
            bounded: builder.hooks.bounded,
          },
          context,
        ),
    })
    if (checked.late) {
      const written = checked.late(builder.port(id, 'late', stream))
      expectValue(builder.sinks.has(written?.sink), `aggregate '${id}'`, '`late` to write its rows: s => s.pipe(into(…))')
      builder.lateOutputs.push(written)
    }
    return results
  })
}

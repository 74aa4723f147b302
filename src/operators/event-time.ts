import { compileColumn } from '../expr/compile-column.js'
import { fieldNotes } from '../expr/expression-place.js'
import { fieldsUsed } from '../expr/fields-used.js'
import { traceExpr } from '../expr/trace.js'
import type { SymbolicRow, TimeExpr } from '../expr/types.js'
import type { NumberColumn } from '../model/columns.js'
import { type Duration, durationMs } from '../model/duration.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Instant } from '../model/schema.js'
import { planJson } from '../plan/plan-json.js'
import { EventTimeLogic } from './event-time-logic.js'
import { type Operator, operator } from './operator.js'
import { expectValue, optionsOf } from './options-of.js'

/** How much disorder `eventTime` waits for, and what it makes of clocks that are ahead. */
export interface EventTimeOptions {
  /** How late a row may come behind a newer one and still be in order. */
  readonly outOfOrderness: Duration
  /** A time further ahead of the clock than this does not move the watermark; default `5m`. */
  readonly maxFutureSkew?: Duration
  /** What becomes of such a row; default `dead-letter`. `clamp` gives it the clock's time. */
  readonly skewed?: 'dead-letter' | 'process' | 'clamp'
  /** Close windows by the clock when the source falls silent; default true. */
  readonly closeWhenQuiet?: boolean
}

/**
 * Says when things happened, and how much disorder to wait for. The watermark is the highest time − out-of-orderness
 * − 1 ms, per source partition; it goes on with the clock while the source is attached and silent.
 *
 * @throws MR104 for an expression that is no timestamp, MR158 on results of windows, MR159 for an unknown option.
 * @example
 * readings.pipe(eventTime(r => r.at, { outOfOrderness: '10s' }))
 */
export function eventTime<T>(
  time: (row: SymbolicRow<T>) => TimeExpr<Instant> | TimeExpr<Instant | null>,
  options: EventTimeOptions,
): Operator<T, T> {
  const checked = optionsOf('eventTime', options, ['outOfOrderness', 'maxFutureSkew', 'skewed', 'closeWhenQuiet'])
  const outOfOrderness = durationMs(checked.outOfOrderness, 'outOfOrderness')
  const maxFutureSkew = durationMs(checked.maxFutureSkew ?? '5m', 'maxFutureSkew')
  const skewed = checked.skewed ?? 'dead-letter'
  expectValue(['dead-letter', 'process', 'clamp'].includes(skewed), 'eventTime', "`skewed` to be 'dead-letter', 'process' or 'clamp'")
  const closeWhenQuiet = checked.closeWhenQuiet ?? true
  return operator('eventTime', stream => {
    if (stream.window) throw new MillraceError('MR158', 'results of windows have their event time already: window_end − 1 ms')
    const node = traceExpr(time, stream.columns, 'eventTime')
    if (node.type !== 'timestamp') {
      throw new MillraceError('MR104', `\`${node.name ?? 'the expression'}\` is not a timestamp: the schema says ${node.type}`, {
        ...fieldNotes(time, node.name ?? ''),
      })
    }
    return stream.builder.add<T>({
      op: 'eventTime',
      inputs: [stream],
      params: { time: planJson(node), outOfOrderness, maxFutureSkew, skewed, closeWhenQuiet },
      columns: stream.columns,
      uses: fieldsUsed([node]),
      passes: true,
      stateful: true,
      logic: context => {
        const evaluate = compileColumn(node)
        return new EventTimeLogic(
          {
            outOfOrderness,
            maxFutureSkew,
            skewed,
            closeWhenQuiet,
            time: batch => evaluate(batch) as NumberColumn,
            field: node.name ?? 'time',
          },
          context,
        )
      },
    })
  })
}

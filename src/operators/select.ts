import { columnInfo } from '../expr/column-info.js'
import { compileColumn } from '../expr/compile-column.js'
import { fieldsUsed } from '../expr/fields-used.js'
import type { ExprNode } from '../expr/node.js'
import { traceRecord } from '../expr/trace.js'
import type { Expr, SymbolicRow, ValuesOf } from '../expr/types.js'
import type { Columns } from '../model/columns.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { reservedFields } from '../model/schema.js'
import type { ColumnInfo } from '../model/value-type.js'
import { planRecord } from '../plan/plan-json.js'
import { type Operator, operator } from './operator.js'
import type { Stream } from './stream.js'
import { windowColumns } from './window-trace.js'

type WindowPart<T> = Pick<T, Extract<keyof T, (typeof windowColumns)[number]>>

/**
 * Rows of just the named columns. Results of windows keep their window columns by themselves, and their keys must stay.
 *
 * @throws MR155 where a key of windows is left out, MR101 for a reserved name.
 * @example
 * readings.pipe(select(r => ({ room: r.room, fahrenheit: r.celsius.mul(1.8).add(32) })))
 */
export function select<T, O extends Readonly<Record<string, Expr<unknown>>>>(
  columns: (row: SymbolicRow<T>) => O,
): Operator<T, ValuesOf<O> & WindowPart<T>> {
  return operator('select', stream => {
    const traced = traceRecord(columns as never, stream.columns, 'select')
    refuseReserved('select', traced)
    const kept = stream.window ? stream.columns.filter(column => (windowColumns as readonly string[]).includes(column.name)) : []
    for (const key of stream.window?.by ?? []) {
      const node = traced[key]
      if (node?.op === 'field' && node.name === key) continue
      throw new MillraceError('MR155', `select drops \`${key}\`, by which the windows of '${stream.window?.operator}' are keyed`)
    }
    return computed(stream, 'select', traced, kept, kept)
  })
}

/**
 * Adds columns, or replaces those of the same name.
 *
 * @throws MR155 where a column of windows is replaced, MR101 for a reserved name.
 * @example
 * readings.pipe(derive(r => ({ hot: r.celsius.gt(30) })))
 */
export function derive<T, O extends Readonly<Record<string, Expr<unknown>>>>(
  columns: (row: SymbolicRow<T>) => O,
): Operator<T, Omit<T, keyof O> & ValuesOf<O>> {
  return operator('derive', stream => {
    const traced = traceRecord(columns as never, stream.columns, 'derive')
    for (const name of [...(stream.window?.by ?? []), ...(stream.window ? windowColumns : [])]) {
      if (Object.hasOwn(traced, name)) throw new MillraceError('MR155', `derive replaces \`${name}\`, which names the windows' results`)
    }
    refuseReserved('derive', traced)
    const kept = stream.columns.filter(column => !Object.hasOwn(traced, column.name))
    return computed(stream, 'derive', traced, kept, stream.columns)
  })
}

function refuseReserved(op: string, traced: Readonly<Record<string, ExprNode>>): void {
  for (const name of Object.keys(traced)) {
    if (reservedFields.has(name)) throw new MillraceError('MR101', `${op} makes a column \`${name}\`, whose name is reserved`)
  }
}

function computed<T>(
  stream: Stream<never> | Stream<unknown>,
  op: string,
  traced: Readonly<Record<string, ExprNode>>,
  before: readonly ColumnInfo[],
  passed: readonly ColumnInfo[],
): Stream<T> {
  const made = Object.entries(traced).map(([name, node]) => columnInfo(name, node))
  const columns = op === 'select' ? [...made, ...before] : [...before, ...made]
  return stream.builder.add<T>({
    op,
    inputs: [stream],
    params: { columns: planRecord(traced) },
    columns,
    uses: fieldsUsed(Object.values(traced)),
    passes: passed.length > 0,
    window: stream.window,
    logic: () => {
      const compiled = Object.entries(traced).map(([name, node]) => [name, compileColumn(node)] as const)
      return {
        onBatch(batch, emit) {
          if (batch.length === 0) return emit(batch.empty())
          const out: Record<string, Columns[string]> = {}
          for (const column of before) if (batch.columns[column.name]) out[column.name] = batch.columns[column.name]!
          for (const [name, evaluate] of compiled) out[name] = evaluate(batch)
          emit(batch.with({ columns: out }))
        },
      }
    },
  })
}

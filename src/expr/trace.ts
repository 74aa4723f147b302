import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'
import type { ColumnInfo } from '../model/value-type.js'
import { checkExpressionSource } from './check-expression-source.js'
import { fieldNotes, sourceNotes } from './expression-place.js'
import type { ExprNode } from './node.js'
import { nodeIfColumn } from './node-of.js'
import { literalNode } from './operand.js'
import { printExpr } from './print-expr.js'
import { SymbolicColumn } from './symbolic-column.js'
import { symbolicRow } from './symbolic-row.js'
import { recordingConditions } from './trace-context.js'
import { walkNodes } from './walk-nodes.js'

/** A function from a symbolic row to a symbolic column, a constant, or an object of them. */
export type ExpressionFunction = (row: never) => unknown

/** Calls the function, and gives what it threw as an error of ours that names the expression. */
function call(fn: ExpressionFunction, row: object, what: string): unknown {
  try {
    return fn(row as never)
  } catch (error) {
    const field = error instanceof MillraceError && error.code === 'MR110' ? /`(.*)`/.exec(error.message)?.[1] : undefined
    const details = field === undefined ? sourceNotes(fn) : fieldNotes(fn, field)
    if (error instanceof MillraceError) {
      const notes = [...error.notes, ...details.notes]
      const place = error.place ?? details.place
      throw new MillraceError(error.code, `${what}: ${error.message}`, {
        notes,
        hint: error.hint,
        cause: error,
        ...(place ? { place } : {}),
      })
    }
    const message = error instanceof Error ? error.message : String(error)
    const method = /(\w+) is not a function/.exec(message)?.[1]
    const meant = method === undefined ? undefined : nearest(method, Object.getOwnPropertyNames(SymbolicColumn.prototype))
    const hint = meant === undefined || meant === method ? {} : { hint: `did you mean \`${meant}\`?` }
    throw new MillraceError('MR119', `${what}: the expression threw: ${message}`, { ...details, ...hint, cause: error })
  }
}

/** Every condition made must be part of a result, and every field must be of this row. */
function checkReached(
  results: readonly ExprNode[],
  conditions: ReadonlySet<ExprNode>,
  row: object,
  fn: ExpressionFunction,
  what: string,
): void {
  const own = new Set(Object.values(row).map(nodeIfColumn))
  const reached = new Set<ExprNode>()
  for (const result of results) {
    walkNodes(result, node => {
      reached.add(node)
      if (node.op === 'field' && !own.has(node)) {
        throw new MillraceError('MR120', `${what}: \`${node.name}\` is a column of another stream's row`, sourceNotes(fn))
      }
    })
  }
  // The last condition made holds those that were joined into it: name the outermost dropped one.
  const dropped = [...conditions].filter(node => !reached.has(node)).at(-1)
  if (!dropped) return
  throw new MillraceError('MR112', `${what}: a condition was dropped: \`${printExpr(dropped)}\``, sourceNotes(fn))
}

/** A result as a node, or an error that says what came instead. */
function resultNode(result: unknown, fn: ExpressionFunction, what: string): ExprNode {
  const node = nodeIfColumn(result)
  if (node) return node
  if (typeof result === 'number' && !Number.isFinite(result)) {
    throw new MillraceError('MR116', `${what}: ${result} is not a value for an expression`, sourceNotes(fn))
  }
  if (typeof result === 'number' || typeof result === 'string' || typeof result === 'boolean') return literalNode(result)
  const given = result === null ? 'null' : Array.isArray(result) ? 'an array' : typeof result === 'object' ? 'an object' : typeof result
  throw new MillraceError('MR113', `${what}: the expression gives ${given}, not a column`, sourceNotes(fn))
}

/**
 * Runs an expression function once on symbolic columns and gives the node of its result. Its source is checked before,
 * and every condition that it makes must be part of the result.
 *
 * @param what names the expression in messages: `where`, `aggregate 'climate': mean`.
 * @throws MR110 an unknown field, MR111, MR114 and MR121 from the source check, MR112 a dropped condition, MR113 and MR116
 * a result that is no column or constant, MR115 … MR118 and MR122 operands, MR119 what the function threw, MR120 a column of
 * another row.
 * @example
 * traceExpr((r: { celsius: NumberExpr }) => r.celsius.gt(28), columns, 'where').op // 'gt'
 */
export function traceExpr(fn: ExpressionFunction, columns: readonly ColumnInfo[], what: string): ExprNode {
  checkExpressionSource(fn, what)
  const row = symbolicRow(columns)
  const { result, conditions } = recordingConditions(() => call(fn, row, what))
  const node = resultNode(result, fn, what)
  checkReached([node], conditions, row, fn, what)
  return node
}

/**
 * As `traceExpr`, for a function that gives an object of columns: `r => ({ room: r.room, half: r.celsius.div(2) })`.
 * Names keep their order.
 */
export function traceRecord(fn: ExpressionFunction, columns: readonly ColumnInfo[], what: string): Readonly<Record<string, ExprNode>> {
  checkExpressionSource(fn, what)
  const row = symbolicRow(columns)
  const { result, conditions } = recordingConditions(() => call(fn, row, what))
  if (typeof result !== 'object' || result === null || Array.isArray(result) || nodeIfColumn(result)) {
    throw new MillraceError('MR113', `${what}: the expression gives no object of columns`, {
      ...sourceNotes(fn),
      hint: 'name the columns: `r => ({ room: r.room })`',
    })
  }
  const nodes: Record<string, ExprNode> = {}
  for (const [name, value] of Object.entries(result)) nodes[name] = resultNode(value, fn, `${what}: ${name}`)
  checkReached(Object.values(nodes), conditions, row, fn, what)
  return nodes
}

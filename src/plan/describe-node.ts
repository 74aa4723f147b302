import type { ExprNode } from '../expr/node.js'
import { printExpr } from '../expr/print-expr.js'
import { durationText } from '../model/duration.js'
import type { Json } from '../model/json.js'
import type { PlanNode } from './plan.js'

type Params = { readonly [key: string]: Json }

const isRecord = (value: Json | undefined): value is Params => typeof value === 'object' && value !== null && !Array.isArray(value)
const record = (value: Json | undefined): Params => (isRecord(value) ? value : {})
const isExpr = (value: Json | undefined): boolean => isRecord(value) && typeof value['op'] === 'string' && typeof value['type'] === 'string'

/** An expression, or anything else, in short. */
const shown = (value: Json | undefined): string => {
  if (isExpr(value)) return printExpr(value as unknown as ExprNode)
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
}

/** A length of time: as text where it is written so, from ms where it is a number. */
const duration = (value: Json | undefined): string => (typeof value === 'number' ? durationText(value) : shown(value))

/** `room`, or `half = celsius / 2` where the name is not the field's own. */
function namedColumn(name: string, value: Json): string {
  const text = shown(value)
  return text === name ? name : `${name} = ${text}`
}

const columnList = (value: Json | undefined): string =>
  Object.entries(record(value))
    .map(([name, expr]) => namedColumn(name, expr))
    .join(', ')

function windowText(window: Params): string {
  const { kind, size, every, offset } = window
  const slide = every !== undefined && every !== size ? ` every ${duration(every)}` : ''
  const shift = offset === undefined || offset === 0 ? '' : ` offset ${duration(offset)}`
  return `${shown(kind)} ${duration(size)}${slide}${shift}`.trim()
}

/** Options that are set, as `early 15s`. */
const option = (word: string, value: Json | undefined): string[] =>
  value === undefined || value === null || value === 0 ? [] : [`${word} ${duration(value)}`]

function describeAggregate({ by, window, early, allowedLateness }: Params): string {
  const keys = columnList(by)
  const over = windowText(record(window))
  const parts = [over, ...(keys ? [`by ${keys}`] : []), ...option('early', early), ...option('lateness', allowedLateness)]
  return parts.filter(part => part !== '').join(' · ')
}

/** Parameters that no rule above knows: short constants by name. */
const plainParams = (params: Params): string =>
  Object.entries(params)
    .filter(([, value]) => isExpr(value) || ['string', 'number', 'boolean'].includes(typeof value))
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(' · ')

function describeRead({ connector, kind, address, ...rest }: Params): string {
  return (
    [connector, kind, address]
      .filter(part => part !== undefined)
      .map(shown)
      .join(' ') || plainParams(rest)
  )
}

function describeParams(node: PlanNode): string {
  const { params } = node
  switch (node.op) {
    case 'read':
      return describeRead(params)
    case 'where':
      return shown(params['condition'])
    case 'select':
    case 'derive':
      return columnList(params['columns'])
    case 'eventTime':
      return [shown(params['time']), ...option('out of order up to', params['outOfOrderness'])].filter(part => part !== '').join(' · ')
    case 'aggregate':
      return describeAggregate(params)
    case 'view':
      return option('keep', params['keep']).join('')
    case 'amqp':
      return `to ${shown(params['address'])}`
    default:
      return plainParams(params)
  }
}

/**
 * A node's work in one short line, for graphs and status pages. Unknown operators show their plain parameters.
 *
 * @example
 * describeNode(node) // 'tumbling 1m · by mote'
 */
export function describeNode(node: PlanNode): string {
  const text = describeParams(node)
  return node.opaque ? [text, 'opaque'].filter(part => part !== '').join(' · ') : text
}

import { MillraceError } from '../model/errors/millrace-error.js'
import type { ValueType } from '../model/value-type.js'
import type { ExprNode } from './node.js'
import { nodeIfColumn } from './node-of.js'

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

/** The text of a value for a message, short. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}

/**
 * A constant as a node: integer where it is a whole number.
 *
 * @throws MR116 for anything but a finite number, a text, a boolean or null.
 */
export function literalNode(value: unknown): ExprNode {
  if (typeof value === 'string') return { op: 'literal', type: 'text', nullable: false, value }
  if (typeof value === 'boolean') return { op: 'literal', type: 'boolean', nullable: false, value }
  if (typeof value === 'number' && Number.isFinite(value)) {
    // −0 is no JSON; nothing in the vocabulary tells it from 0.
    return { op: 'literal', type: Number.isSafeInteger(value) ? 'integer' : 'number', nullable: false, value: value === 0 ? 0 : value }
  }
  throw new MillraceError('MR116', `${shown(value)} is not a value for an expression`)
}

/** A time constant: ms since the epoch, or an RFC 3339 text. */
function timeLiteral(value: unknown): ExprNode {
  const ms = typeof value === 'string' && rfc3339.test(value) ? Date.parse(value.toUpperCase()) : value
  if (typeof ms !== 'number' || !Number.isFinite(ms)) {
    throw new MillraceError('MR116', `${shown(value)} is not a time`, {
      hint: "write ms since the epoch, or an RFC 3339 text with its zone such as '2026-05-01T08:00:00Z'",
    })
  }
  return { op: 'literal', type: 'timestamp', nullable: false, value: ms }
}

const named: Record<ValueType, string> = {
  number: 'a number',
  integer: 'a number',
  boolean: 'a boolean',
  text: 'a text',
  timestamp: 'a time',
  list: 'a list',
}

/** The type in words: `a number`, `a text`. */
export const typeInWords = (type: ValueType): string => named[type]

/** True where values of both types can meet in one operation. */
export const typesMeet = (a: ValueType, b: ValueType): boolean => named[a] === named[b]

/**
 * An operand of a method as a node: a column, or a constant of the type that the method wants.
 *
 * @throws MR115 when the types do not fit, MR116 when it is no value at all.
 */
export function operandNode(value: unknown, wanted: ValueType, method: string): ExprNode {
  const column = nodeIfColumn(value)
  const node = column ?? (wanted === 'timestamp' && typeof value !== 'boolean' ? timeLiteral(value) : literalNode(value))
  if (!typesMeet(node.type, wanted)) {
    throw new MillraceError(
      'MR115',
      `\`${method}\` wants ${named[wanted]}, not ${named[node.type]} (${column ? 'a column' : shown(value)})`,
    )
  }
  return node
}

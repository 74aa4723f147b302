import type { Json } from '../model/json.js'
import type { ExprNode } from './node.js'

/** How tightly an operation binds; an argument that binds less is put in parentheses. */
const precedence: Readonly<Record<string, number>> = {
  when: 0,
  or: 1,
  and: 2,
  not: 3,
  eq: 4,
  ne: 4,
  gt: 4,
  ge: 4,
  lt: 4,
  le: 4,
  between: 4,
  isIn: 4,
  isNull: 4,
  matches: 4,
  add: 5,
  sub: 5,
  mul: 6,
  div: 6,
  mod: 6,
  neg: 7,
}
const primary = 8

const infix: Readonly<Record<string, string>> = {
  eq: '=',
  ne: '!=',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  mod: 'mod',
}

const bindingOf = (node: ExprNode): number =>
  node.op === 'not' && node.args?.[0]?.op === 'isNull' ? precedence['isNull']! : (precedence[node.op] ?? primary)

/** A text in single quotes. */
const quoted = (text: string): string => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

function constant(value: Json | undefined, type: ExprNode['type']): string {
  if (typeof value === 'string') return quoted(value)
  if (type === 'timestamp' && typeof value === 'number' && Math.abs(value) <= 8.64e15) return new Date(value).toISOString()
  return JSON.stringify(value ?? null)
}

/** A name as it is, in backquotes where it is no plain word. */
const fieldName = (name: string): string => (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? name : `\`${name.replaceAll('`', '\\`')}\``)

/** An argument, in parentheses where it binds less tightly than `least`. */
const argument = (node: ExprNode, least: number): string => (bindingOf(node) < least ? `(${printExpr(node)})` : printExpr(node))

function printCall(node: ExprNode, args: readonly ExprNode[]): string {
  const { op, value } = node
  const parameters = value === undefined ? [] : [op === 'truncate' ? String(value) : constant(value, 'text')]
  if (op === 'round' && value === 0) parameters.pop()
  return `${op}(${[...args.map(printExpr), ...parameters].join(', ')})`
}

/**
 * An expression as a person writes it: infix operators, SQL's words for conditions, functions otherwise.
 *
 * @example
 * printExpr(nodeOf(r.humidity.gt(60).and(r.celsius.gt(-40)))) // 'humidity > 60 and celsius > -40'
 */
export function printExpr(node: ExprNode): string {
  const args = node.args ?? []
  const [a, b, c] = args as readonly ExprNode[] & readonly [ExprNode, ExprNode, ExprNode]
  const binding = precedence[node.op] ?? primary
  switch (node.op) {
    case 'field':
      return fieldName(node.name ?? '')
    case 'literal':
      return constant(node.value, node.type)
    case 'and':
    case 'or':
      return args.map(arg => argument(arg, binding + (arg.op === node.op ? 0 : 1))).join(` ${node.op} `)
    case 'not':
      return a.op === 'isNull' ? `${argument(a.args![0]!, 5)} is not null` : `not ${argument(a, binding)}`
    case 'isNull':
      return `${argument(a, 5)} is null`
    case 'between':
      return `${argument(a, 5)} between ${argument(b, 5)} and ${argument(c, 5)}`
    case 'isIn':
      return `${argument(a, 5)} in (${(node.value as readonly Json[]).map(value => constant(value, a.type)).join(', ')})`
    case 'matches': {
      const { source, flags } = node.value as { source: string; flags: string }
      return `${argument(a, 5)} matches /${source}/${flags}`
    }
    case 'neg':
      return `-${argument(a, binding + 1)}`
    case 'when':
      return `when ${argument(a, 1)} then ${argument(b, 1)} otherwise ${argument(c, 0)}`
    case 'format': {
      const texts = node.value as readonly string[]
      return `format\`${texts.map((text, i) => text + (args[i] ? `\${${printExpr(args[i])}}` : '')).join('')}\``
    }
    default: {
      const sign = infix[node.op]
      if (sign === undefined) return printCall(node, args)
      // Comparisons do not chain; sums and products group to the left.
      return `${argument(a, binding === 4 ? 5 : binding)} ${sign} ${argument(b, binding + 1)}`
    }
  }
}

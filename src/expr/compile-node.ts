import { instantText } from '../model/instant-text.js'
import { calendarPart, truncateMs } from './calendar.js'
import { compileField } from './compile-field.js'
import { compileLogic, isLogic } from './compile-logic.js'
import { compileTextTest } from './compile-text-test.js'
import type { Code, KernelSource } from './kernel.js'
import type { ExprNode } from './node.js'
import { floorMod, roundHalfAway } from './row-functions.js'
import { isTextTest } from './text-test.js'

const infix: Readonly<Record<string, string>> = { add: '+', sub: '-', mul: '*', eq: '===', ne: '!==', gt: '>', ge: '>=', lt: '<', le: '<=' }
const comparisons = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le'])

/** Null where one of the parts is. */
function anyNull(source: KernelSource, parts: readonly Code[]): string | undefined {
  const flags = [...new Set(parts.map(part => part.isNull).filter(flag => flag !== undefined))]
  return flags.length < 2 ? flags[0] : source.keep(flags.join(' | '))
}

function compileLiteral(source: KernelSource, { type, value }: ExprNode): Code {
  if (value === null || value === undefined) return { value: type === 'text' ? "''" : '0', isNull: '1' }
  // Numbers are checked by their type, so their text is a number of JavaScript; all else is bound.
  if (typeof value === 'number') return { value: value < 0 ? `(${value})` : `${value}`, isNull: undefined }
  if (typeof value === 'boolean') return { value: value ? '1' : '0', isNull: undefined }
  return { value: source.constant(value), isNull: undefined }
}

/** One part of a formatted text. */
function partText(source: KernelSource, node: ExprNode, { value }: Code): string {
  if (node.type === 'timestamp') return `${source.constant(instantText)}(${value})`
  if (node.type === 'boolean') return `(${value} === 1 ? 'true' : 'false')`
  return value
}

function compileChoice(source: KernelSource, [condition, first, second]: readonly Code[]): Code {
  const taken = source.keep(condition!.isNull === undefined ? condition!.value : `${condition!.value} & (${condition!.isNull} ^ 1)`)
  const isNull =
    first!.isNull === undefined && second!.isNull === undefined
      ? undefined
      : `${taken} === 1 ? ${first!.isNull ?? 0} : ${second!.isNull ?? 0}`
  return {
    value: source.keep(`${taken} === 1 ? ${first!.value} : ${second!.value}`),
    isNull: isNull && source.keep(isNull),
  }
}

function compileOrElse(source: KernelSource, [first, second]: readonly Code[]): Code {
  if (first!.isNull === undefined) return first!
  return {
    value: source.keep(`${first!.isNull} === 1 ? ${second!.value} : ${first!.value}`),
    isNull: second!.isNull && source.keep(`${first!.isNull} & ${second!.isNull}`),
  }
}

/** Operations that are null exactly where an operand is: their value from the operands' values. */
function plainValue(source: KernelSource, node: ExprNode, args: readonly Code[]): string {
  const [a, b, c] = args.map(arg => arg.value)
  const { op } = node
  if (comparisons.has(op)) return `${a} ${infix[op]} ${b} ? 1 : 0`
  if (infix[op]) return `${a} ${infix[op]} ${b}`
  switch (op) {
    case 'between':
      return `${a} >= ${b} && ${a} <= ${c} ? 1 : 0`
    case 'isIn': {
      const values = node.value as readonly number[]
      if (values.length > 8) return `${source.constant(new Set(values))}.has(${a}) ? 1 : 0`
      return values.length === 0 ? '0' : `${values.map(value => `${a} === ${value < 0 ? `(${value})` : value}`).join(' || ')} ? 1 : 0`
    }
    case 'neg':
      return `0 - ${a}`
    case 'abs':
      return `${source.constant(Math.abs)}(${a})`
    case 'round':
      return `${source.constant(roundHalfAway)}(${a}, ${10 ** Number(node.value)})`
    case 'lower':
      return `${a}.toLowerCase()`
    case 'upper':
      return `${a}.toUpperCase()`
    case 'concat':
      return args.map(arg => arg.value).join(' + ')
    case 'format': {
      const texts = node.value as readonly string[]
      const pieces = args.map((arg, i) => `${partText(source, node.args![i]!, arg)} + ${source.constant(texts[i + 1])}`)
      return [source.constant(texts[0]), ...pieces].join(' + ')
    }
    case 'truncate': {
      const ms = truncateMs[String(node.value)]!
      return `${source.constant(Math.floor)}(${a} / ${ms}) * ${ms}`
    }
    case 'year':
    case 'month':
    case 'day':
    case 'hour':
      return `${source.constant(calendarPart(op, node.value as string | undefined))}(${a})`
    default:
      throw new TypeError(`no code for the expression node '${op}'`)
  }
}

function compileDivision(source: KernelSource, node: ExprNode, args: readonly Code[]): Code {
  const [a, b] = args
  const value = node.op === 'div' ? `${a!.value} / ${b!.value}` : `${source.constant(floorMod)}(${a!.value}, ${b!.value})`
  const isNull = anyNull(source, args)
  const divisor = node.args![1]!
  if (divisor.op === 'literal' && divisor.value !== 0) return { value: source.keep(value), isNull }
  const zero = source.keep(`${b!.value} === 0 ? 1 : 0`)
  return { value: source.keep(value), isNull: isNull === undefined ? zero : source.keep(`${isNull} | ${zero}`) }
}

/** Generates the code of one row for a node; every node of a tree once. */
export function compileNode(source: KernelSource, node: ExprNode): Code {
  return source.once(node, () => {
    if (node.op === 'field') return compileField(source, node)
    if (node.op === 'literal') return compileLiteral(source, node)
    if (node.op === 'now') return { value: source.now(), isNull: undefined }
    if (isTextTest(node)) return compileTextTest(source, node, compileNode)
    const args = (node.args ?? []).map(arg => compileNode(source, arg))
    if (isLogic(node)) return compileLogic(source, node, args)
    if (node.op === 'isNull') return { value: args[0]!.isNull ?? '0', isNull: undefined }
    if (node.op === 'orElse') return compileOrElse(source, args)
    if (node.op === 'when') return compileChoice(source, args)
    if (node.op === 'div' || node.op === 'mod') return compileDivision(source, node, args)
    const isNull = anyNull(source, args)
    return { value: source.keep(plainValue(source, node, args)), isNull }
  })
}

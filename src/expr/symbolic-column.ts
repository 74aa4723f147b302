import { MillraceError } from '../model/errors/millrace-error.js'
import type { Json } from '../model/json.js'
import type { ValueType } from '../model/value-type.js'
import type { ExprNode } from './node.js'
import { registerColumn } from './node-of.js'
import { operandNode, typeInWords, typesMeet } from './operand.js'
import { checkedPattern, checkedZone } from './parameters.js'
import { nameInWords, refuseOperator } from './refuse-operator.js'
import { recordCondition } from './trace-context.js'
import { joinedUnit, scaledUnit, withUnit } from './unit-rules.js'

type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'

const truncateUnits = ['second', 'minute', 'hour', 'day']

/**
 * A symbolic column: one object behind `NumberExpr`, `TextExpr`, `BoolExpr` and `TimeExpr`, whose methods build nodes.
 * The types say which methods a column has; where a job is run unchecked, the methods say it themselves.
 */
export class SymbolicColumn {
  readonly #node: ExprNode

  constructor(node: ExprNode) {
    this.#node = node
    registerColumn(this, node)
    Object.freeze(this)
  }

  /** Refuses a method on a column of another type. */
  #expect(method: string, ...types: readonly ValueType[]): void {
    if (types.some(type => typesMeet(type, this.#node.type))) return
    throw new MillraceError('MR115', `${nameInWords(this.#node)} is ${typeInWords(this.#node.type)}, which has no \`${method}\``)
  }

  #condition(op: string, args: readonly ExprNode[], nullable: boolean, value?: Json): SymbolicColumn {
    const node: ExprNode = { op, type: 'boolean', nullable, args, ...(value === undefined ? {} : { value }) }
    recordCondition(node)
    return new SymbolicColumn(node)
  }

  #compare(op: Comparison, other: unknown): SymbolicColumn {
    if (op === 'eq' || op === 'ne') this.#expect(op, 'number', 'text', 'boolean', 'timestamp')
    else this.#expect(op, 'number', 'timestamp')
    const right = operandNode(other, this.#node.type, op)
    return this.#condition(op, [this.#node, right], this.#node.nullable || right.nullable)
  }

  #arithmetic(op: 'add' | 'sub' | 'mul' | 'div' | 'mod', other: unknown): SymbolicColumn {
    const left = this.#node
    this.#expect(op, 'number')
    const right = operandNode(other, 'number', op)
    const whole = op !== 'div' && left.type === 'integer' && right.type === 'integer'
    const byZero = (op === 'div' || op === 'mod') && !(right.op === 'literal' && right.value !== 0)
    const node: ExprNode = {
      op,
      type: whole ? 'integer' : 'number',
      nullable: left.nullable || right.nullable || byZero,
      args: [left, right],
    }
    const unit =
      op === 'add' || op === 'sub'
        ? joinedUnit(left, right)
        : (scaledUnit(left, right) ?? (op === 'mul' ? scaledUnit(right, left) : undefined))
    return new SymbolicColumn(withUnit(node, unit))
  }

  #sameType(op: string, value?: Json): SymbolicColumn {
    const { type, nullable, unit } = this.#node
    return new SymbolicColumn(withUnit({ op, type, nullable, args: [this.#node], ...(value === undefined ? {} : { value }) }, unit))
  }

  #part(op: 'year' | 'month' | 'day' | 'hour', zone: unknown): SymbolicColumn {
    this.#expect(op, 'timestamp')
    const value = zone === undefined ? {} : { value: checkedZone(zone) }
    return new SymbolicColumn({ op, type: 'integer', nullable: this.#node.nullable, args: [this.#node], ...value })
  }

  #connect(op: 'and' | 'or', others: readonly unknown[]): SymbolicColumn {
    this.#expect(op, 'boolean')
    const args = [this.#node, ...others.map(other => operandNode(other, 'boolean', op))]
    return this.#condition(
      op,
      args,
      args.some(arg => arg.nullable),
    )
  }

  #constantPart(op: 'contains' | 'startsWith', part: unknown): SymbolicColumn {
    this.#expect(op, 'text')
    if (typeof part !== 'string') throw new MillraceError('MR115', `\`${op}\` wants a constant text`)
    return this.#condition(op, [this.#node], this.#node.nullable, part)
  }

  isNull(): SymbolicColumn {
    return this.#condition('isNull', [this.#node], false)
  }
  eq(other: unknown): SymbolicColumn {
    return this.#compare('eq', other)
  }
  ne(other: unknown): SymbolicColumn {
    return this.#compare('ne', other)
  }
  gt(other: unknown): SymbolicColumn {
    return this.#compare('gt', other)
  }
  ge(other: unknown): SymbolicColumn {
    return this.#compare('ge', other)
  }
  lt(other: unknown): SymbolicColumn {
    return this.#compare('lt', other)
  }
  le(other: unknown): SymbolicColumn {
    return this.#compare('le', other)
  }
  between(low: unknown, high: unknown): SymbolicColumn {
    this.#expect('between', 'number', 'timestamp')
    const args = [this.#node, operandNode(low, this.#node.type, 'between'), operandNode(high, this.#node.type, 'between')]
    return this.#condition(
      'between',
      args,
      args.some(arg => arg.nullable),
    )
  }
  isIn(...values: readonly unknown[]): SymbolicColumn {
    this.#expect('isIn', 'number', 'text')
    const constants = values.map(value => {
      if (typeof value === 'object' || typeof value === 'function')
        throw new MillraceError('MR115', '`isIn` wants constants, one argument each', {
          hint: "write `.isIn('run', 'stop')`; spread a list: `.isIn(...names)`",
        })
      return operandNode(value, this.#node.type, 'isIn').value!
    })
    return this.#condition('isIn', [this.#node], this.#node.nullable, constants)
  }
  and(...others: readonly unknown[]): SymbolicColumn {
    return this.#connect('and', others)
  }
  or(...others: readonly unknown[]): SymbolicColumn {
    return this.#connect('or', others)
  }
  not(): SymbolicColumn {
    this.#expect('not', 'boolean')
    return this.#condition('not', [this.#node], this.#node.nullable)
  }
  orElse(value: unknown): SymbolicColumn {
    const left = this.#node
    this.#expect('orElse', 'number', 'text', 'boolean', 'timestamp')
    const right = operandNode(value, left.type, 'orElse')
    const type = left.type === right.type ? left.type : 'number'
    const node: ExprNode = { op: 'orElse', type, nullable: left.nullable && right.nullable, args: [left, right] }
    const joined = withUnit(node, joinedUnit(left, right))
    if (type === 'boolean') recordCondition(joined)
    return new SymbolicColumn(joined)
  }
  add(other: unknown): SymbolicColumn {
    return this.#arithmetic('add', other)
  }
  sub(other: unknown): SymbolicColumn {
    if (this.#node.type !== 'timestamp') return this.#arithmetic('sub', other)
    const right = operandNode(other, 'timestamp', 'sub')
    return new SymbolicColumn({
      op: 'sub',
      type: 'number',
      nullable: this.#node.nullable || right.nullable,
      args: [this.#node, right],
      unit: 'ms',
    })
  }
  mul(other: unknown): SymbolicColumn {
    return this.#arithmetic('mul', other)
  }
  div(other: unknown): SymbolicColumn {
    return this.#arithmetic('div', other)
  }
  mod(other: unknown): SymbolicColumn {
    return this.#arithmetic('mod', other)
  }
  neg(): SymbolicColumn {
    this.#expect('neg', 'number')
    return this.#sameType('neg')
  }
  abs(): SymbolicColumn {
    this.#expect('abs', 'number')
    return this.#sameType('abs')
  }
  round(digits: unknown = 0): SymbolicColumn {
    this.#expect('round', 'number')
    if (typeof digits !== 'number' || !Number.isInteger(digits) || digits < 0 || digits > 15)
      throw new MillraceError(
        'MR122',
        `\`round\` wants a whole number of digits from 0 to 15, not ${typeof digits === 'number' ? digits : typeof digits}`,
      )
    return this.#sameType('round', digits)
  }
  lower(): SymbolicColumn {
    this.#expect('lower', 'text')
    return this.#sameType('lower')
  }
  upper(): SymbolicColumn {
    this.#expect('upper', 'text')
    return this.#sameType('upper')
  }
  concat(...others: readonly unknown[]): SymbolicColumn {
    this.#expect('concat', 'text')
    const args = [this.#node, ...others.map(other => operandNode(other, 'text', 'concat'))]
    return new SymbolicColumn({ op: 'concat', type: 'text', nullable: args.some(arg => arg.nullable), args })
  }
  contains(part: unknown): SymbolicColumn {
    return this.#constantPart('contains', part)
  }
  startsWith(part: unknown): SymbolicColumn {
    return this.#constantPart('startsWith', part)
  }
  matches(pattern: unknown): SymbolicColumn {
    this.#expect('matches', 'text')
    return this.#condition('matches', [this.#node], this.#node.nullable, checkedPattern(pattern))
  }
  year(zone?: unknown): SymbolicColumn {
    return this.#part('year', zone)
  }
  month(zone?: unknown): SymbolicColumn {
    return this.#part('month', zone)
  }
  day(zone?: unknown): SymbolicColumn {
    return this.#part('day', zone)
  }
  hour(zone?: unknown): SymbolicColumn {
    return this.#part('hour', zone)
  }
  truncate(unit: unknown): SymbolicColumn {
    this.#expect('truncate', 'timestamp')
    if (typeof unit !== 'string' || !truncateUnits.includes(unit))
      throw new MillraceError('MR122', `\`truncate\` wants one of ${truncateUnits.join(', ')}`)
    return this.#sameType('truncate', unit)
  }

  valueOf(): never {
    return refuseOperator(this.#node, 'valueOf')
  }
  toString(): never {
    return refuseOperator(this.#node, 'toString')
  }
  toJSON(): never {
    return refuseOperator(this.#node, 'toJSON')
  }
  [Symbol.toPrimitive](asked: string): never {
    return refuseOperator(this.#node, asked)
  }
}

import { type AnyNode, childrenOf } from './syntax.js'

const methods: Readonly<Record<string, string>> = {
  '&&': 'and',
  '||': 'or',
  '??': 'orElse',
  '==': 'eq',
  '===': 'eq',
  '!=': 'ne',
  '!==': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '%': 'mod',
}

/** The method that says the same with sides exchanged. */
const flipped: Readonly<Record<string, string>> = { eq: 'eq', ne: 'ne', lt: 'gt', le: 'ge', gt: 'lt', ge: 'le', add: 'add', mul: 'mul' }

const isNullLiteral = (node: AnyNode): boolean =>
  (node.type === 'Literal' && node.value === null) || (node.type === 'Identifier' && node.name === 'undefined')
const isTextual = (node: AnyNode): boolean =>
  (node.type === 'Literal' && typeof node.value === 'string') ||
  node.type === 'TemplateLiteral' ||
  (node.type === 'BinaryExpression' && node.operator === '+' && (isTextual(node.left) || isTextual(node.right)))

/** What a piece of source would read like with the methods of columns in place of JavaScript's operators. */
export class OperatorRewriter {
  readonly #text: string
  readonly #onColumn: (node: AnyNode) => boolean

  /** `onColumn` tells whether a piece of source holds a column. */
  constructor(text: string, onColumn: (node: AnyNode) => boolean) {
    this.#text = text
    this.#onColumn = onColumn
  }

  /** The rewritten text, or undefined where the vocabulary has no such operation. */
  rewrite(node: AnyNode): string | undefined {
    if (!this.#onColumn(node)) return this.#text.slice(node.start, node.end)
    switch (node.type) {
      case 'LogicalExpression':
        return this.#binary(node.operator, node.left, node.right)
      case 'BinaryExpression':
        if (isTextual(node)) return `format\`${this.#pieces(node)}\``
        return this.#binary(node.operator, node.left, node.right)
      case 'UnaryExpression': {
        const inner = this.#receiver(node.argument)
        if (inner === undefined) return undefined
        return node.operator === '!'
          ? `${inner}.not()`
          : node.operator === '-'
            ? `${inner}.neg()`
            : node.operator === '+'
              ? inner
              : undefined
      }
      case 'ConditionalExpression': {
        const [test, first, second] = [node.test, node.consequent, node.alternate].map(part => this.rewrite(part))
        if (test === undefined || first === undefined || second === undefined) return undefined
        return `when(${test}).then(${first}).otherwise(${second})`
      }
      case 'TemplateLiteral':
        return `format\`${this.#pieces(node)}\``
      default:
        return this.#spliced(node)
    }
  }

  #receiver(node: AnyNode): string | undefined {
    const text = this.rewrite(node)
    return text === undefined || this.#onColumn(node) ? text : `literal(${text})`
  }

  #binary(operator: string, left: AnyNode, right: AnyNode): string | undefined {
    const method = methods[operator]
    if (method === undefined) return undefined
    const nullSide = isNullLiteral(right) ? left : isNullLiteral(left) ? right : undefined
    if (nullSide && (method === 'eq' || method === 'ne')) return `${this.#receiver(nullSide)}.isNull()${method === 'ne' ? '.not()' : ''}`
    const turn = !this.#onColumn(left) && flipped[method] !== undefined
    const receiver = this.#receiver(turn ? right : left)
    const operand = this.rewrite(turn ? left : right)
    return receiver === undefined || operand === undefined ? undefined : `${receiver}.${turn ? flipped[method] : method}(${operand})`
  }

  /** The inside of a format text. */
  #pieces(node: AnyNode): string {
    if (node.type === 'BinaryExpression' && isTextual(node)) return this.#pieces(node.left) + this.#pieces(node.right)
    if (node.type === 'Literal' && typeof node.value === 'string') return node.value.replace(/[`\\]|\$\{/g, '\\$&')
    if (node.type !== 'TemplateLiteral') return `\${${this.rewrite(node) ?? this.#text.slice(node.start, node.end)}}`
    return node.quasis.map((quasi, i) => quasi.value.raw + (node.expressions[i] ? this.#pieces(node.expressions[i]) : '')).join('')
  }

  /** The node's own text with its children rewritten. */
  #spliced(node: AnyNode): string | undefined {
    let out = ''
    let from = node.start
    for (const child of childrenOf(node)) {
      if (child.start < from) continue
      const inner = this.rewrite(child)
      if (inner === undefined) return undefined
      out += this.#text.slice(from, child.start) + inner
      from = child.end
    }
    return out + this.#text.slice(from, node.end)
  }
}

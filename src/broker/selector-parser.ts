import type { Message } from './message.js'
import type { Selector } from './selector.js'
import { type SelectorValue, selectorField } from './selector-fields.js'
import { selectorError, type Token, tokenize } from './selector-tokens.js'

type Evaluate = (message: Message) => SelectorValue

/** Longer or deeper selectors are refused: they cost time for every message. */
const MAX_LENGTH = 8192
const MAX_DEPTH = 64

const isNumber = (value: SelectorValue): value is number | bigint => typeof value === 'number' || typeof value === 'bigint'

const compare = (operator: string, a: SelectorValue, b: SelectorValue): SelectorValue => {
  if (a === null || b === null) return null
  const comparable = (isNumber(a) && isNumber(b)) || typeof a === typeof b
  if (operator === '=') return comparable && (isNumber(a) ? Number(a) === Number(b) : a === b)
  if (operator === '<>') return comparable && !(isNumber(a) ? Number(a) === Number(b) : a === b)
  // Part of JMS: order is for numbers only.
  if (!isNumber(a) || !isNumber(b)) return false
  return operator === '<' ? a < b : operator === '>' ? a > b : operator === '<=' ? a <= b : a >= b
}

const and = (a: SelectorValue, b: SelectorValue): SelectorValue =>
  a === false || b === false ? false : a === true && b === true ? true : null
const or = (a: SelectorValue, b: SelectorValue): SelectorValue =>
  a === true || b === true ? true : a === false && b === false ? false : null
const not = (a: SelectorValue): SelectorValue => (typeof a === 'boolean' ? !a : null)

const arithmetic = (operator: string, a: SelectorValue, b: SelectorValue): SelectorValue => {
  if (!isNumber(a) || !isNumber(b)) return null
  const x = Number(a)
  const y = Number(b)
  return operator === '+' ? x + y : operator === '-' ? x - y : operator === '*' ? x * y : x / y
}

/** SQL `LIKE` without a regular expression: `%` any run, `_` any one; linear space, no backtracking blow-up. */
const like = (text: string, pattern: readonly (string | 1 | 2)[]): boolean => {
  let t = 0
  let p = 0
  let star = -1
  let mark = 0
  while (t < text.length) {
    const want = pattern[p]
    if (want === 2) {
      star = p++
      mark = t
    } else if (want === 1 || want === text[t]) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++mark
    } else return false
  }
  while (pattern[p] === 2) p++
  return p === pattern.length
}

/**
 * Compiles a JMS selector (JMS 2.0 §3.8.1): comparisons, `AND OR NOT`, arithmetic, `IN`, `BETWEEN`, `LIKE … ESCAPE`,
 * `IS NULL` over application properties and JMS header names. Unknown (null) selects nothing.
 *
 * @throws Refusal `amqp:invalid-field` with the place of what was not understood.
 * @example
 * parseSelector("room = 'attic' AND celsius BETWEEN 18 AND 24")
 */
export const parseSelector = (text: string): Selector => {
  if (text.length > MAX_LENGTH) throw selectorError(text.slice(0, 40), MAX_LENGTH, `selectors end at ${MAX_LENGTH} characters`)
  const evaluate = new Parser(text).parse()
  return { text, matches: message => evaluate(message) === true }
}

class Parser {
  readonly #text: string
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = tokenize(text)
  }

  parse(): Evaluate {
    const result = this.#disjunction()
    if (this.#peek().kind !== 'end') this.#fail('an operator or the end is missing here')
    return result
  }

  #peek(): Token {
    return this.#tokens[this.#at]!
  }

  #take(kind: Token['kind'], text: string): boolean {
    const token = this.#peek()
    if (token.kind !== kind || token.text !== text) return false
    this.#at++
    return true
  }

  #need(kind: Token['kind'], text: string): void {
    if (!this.#take(kind, text)) this.#fail(`${text} is missing`)
  }

  #fail(problem: string): never {
    throw selectorError(this.#text, this.#peek().at, problem)
  }

  #disjunction(): Evaluate {
    if (++this.#depth > MAX_DEPTH) this.#fail(`nested deeper than ${MAX_DEPTH}`)
    let left = this.#conjunction()
    while (this.#take('word', 'OR')) {
      const [a, b] = [left, this.#conjunction()]
      left = message => or(a(message), b(message))
    }
    this.#depth--
    return left
  }

  #conjunction(): Evaluate {
    let left = this.#negation()
    while (this.#take('word', 'AND')) {
      const [a, b] = [left, this.#negation()]
      left = message => and(a(message), b(message))
    }
    return left
  }

  #negation(): Evaluate {
    let odd = false
    let any = false
    while (this.#take('word', 'NOT')) {
      odd = !odd
      any = true
    }
    const inner = this.#comparison()
    if (!any) return inner
    return odd ? message => not(inner(message)) : message => not(not(inner(message)))
  }

  #comparison(): Evaluate {
    const left = this.#sum()
    const token = this.#peek()
    if (token.kind === 'sign' && ['=', '<>', '<', '>', '<=', '>='].includes(token.text)) {
      this.#at++
      const right = this.#sum()
      return message => compare(token.text, left(message), right(message))
    }
    if (this.#take('word', 'IS')) {
      const negated = this.#take('word', 'NOT')
      this.#need('word', 'NULL')
      return message => (left(message) === null) !== negated
    }
    const negated = this.#take('word', 'NOT')
    const test = this.#membership(left)
    if (!test) return negated ? this.#fail('IN, BETWEEN or LIKE is missing') : left
    return negated ? message => not(test(message)) : test
  }

  #membership(left: Evaluate): Evaluate | undefined {
    if (this.#take('word', 'BETWEEN')) {
      const low = this.#sum()
      this.#need('word', 'AND')
      const high = this.#sum()
      return message => and(compare('>=', left(message), low(message)), compare('<=', left(message), high(message)))
    }
    if (this.#take('word', 'IN')) {
      this.#need('sign', '(')
      const values = new Set<SelectorValue>()
      do values.add(this.#literalText())
      while (this.#take('sign', ','))
      this.#need('sign', ')')
      return message => {
        const value = left(message)
        return value === null ? null : values.has(value)
      }
    }
    if (!this.#take('word', 'LIKE')) return undefined
    const pattern = this.#literalText()
    const escapeWith = this.#take('word', 'ESCAPE') ? this.#literalText() : undefined
    const parts: (string | 1 | 2)[] = []
    for (let i = 0; i < pattern.length; i++) {
      const letter = pattern[i]!
      if (escapeWith !== undefined && letter === escapeWith && i + 1 < pattern.length) parts.push(pattern[++i]!)
      else parts.push(letter === '%' ? 2 : letter === '_' ? 1 : letter)
    }
    return message => {
      const value = left(message)
      return value === null ? null : typeof value === 'string' && like(value, parts)
    }
  }

  #literalText(): string {
    const token = this.#peek()
    if (token.kind !== 'text') this.#fail("a text in '…' is missing")
    this.#at++
    return token.text
  }

  #sum(): Evaluate {
    return this.#chain(['+', '-'], () => this.#chain(['*', '/'], () => this.#unary()))
  }

  #chain(operators: readonly string[], next: () => Evaluate): Evaluate {
    let left = next()
    let token = this.#peek()
    while (token.kind === 'sign' && operators.includes(token.text)) {
      this.#at++
      const [operator, a, b] = [token.text, left, next()]
      left = message => arithmetic(operator, a(message), b(message))
      token = this.#peek()
    }
    return left
  }

  #unary(): Evaluate {
    let sign = 1
    while (this.#peek().kind === 'sign' && (this.#peek().text === '-' || this.#peek().text === '+')) {
      if (this.#peek().text === '-') sign = -sign
      this.#at++
    }
    const inner = this.#primary()
    return sign === 1 ? inner : message => arithmetic('*', inner(message), -1)
  }

  #primary(): Evaluate {
    const token = this.#peek()
    this.#at++
    if (token.kind === 'name') return selectorField(token.text)
    if (token.kind === 'text') return () => token.text
    if (token.kind === 'number') {
      const value = Number(/^0x/i.test(token.text) ? token.text : token.text.replace(/[LlDdFf]$/, ''))
      return () => value
    }
    if (token.kind === 'word' && (token.text === 'TRUE' || token.text === 'FALSE')) {
      const value = token.text === 'TRUE'
      return () => value
    }
    if (token.kind === 'sign' && token.text === '(') {
      const inner = this.#disjunction()
      this.#need('sign', ')')
      return inner
    }
    this.#at--
    return this.#fail('a value is missing')
  }
}

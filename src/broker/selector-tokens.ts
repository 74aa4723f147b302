import { Refusal } from './refusal.js'

export interface Token {
  readonly kind: 'name' | 'word' | 'text' | 'number' | 'sign' | 'end'
  readonly text: string
  /** Counted from 0, for error messages. */
  readonly at: number
}

const WORDS: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT', 'IN', 'BETWEEN', 'LIKE', 'ESCAPE', 'IS', 'NULL', 'TRUE', 'FALSE'])
const PATTERN =
  /\s*(?:([A-Za-z_$][\w$.-]*)|'((?:[^']|'')*)'|(0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[LlDdFf]?)|(<>|<=|>=|[=<>()+\-*/,])|"((?:[^"]|"")*)")/y

export const selectorError = (text: string, at: number, problem: string): Refusal =>
  new Refusal('link', 'amqp:invalid-field', `MR704: the selector ${JSON.stringify(text)} at ${at + 1}: ${problem}`)

/** Cuts a selector into tokens; key words are upper case. */
export const tokenize = (text: string): Token[] => {
  const tokens: Token[] = []
  PATTERN.lastIndex = 0
  while (PATTERN.lastIndex < text.length) {
    const at = PATTERN.lastIndex
    const match = PATTERN.exec(text)
    if (!match) {
      if (text.slice(at).trim() === '') break
      throw selectorError(text, at, `${JSON.stringify(text.slice(at).trim()[0])} is not understood`)
    }
    const [, name, quoted, number, sign, quotedName] = match
    if (name !== undefined) {
      const upper = name.toUpperCase()
      tokens.push(WORDS.has(upper) ? { kind: 'word', text: upper, at } : { kind: 'name', text: name, at })
    } else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replaceAll("''", "'"), at })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at })
    else if (quotedName !== undefined) tokens.push({ kind: 'name', text: quotedName.replaceAll('""', '"'), at })
    else tokens.push({ kind: 'sign', text: sign ?? '', at })
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}

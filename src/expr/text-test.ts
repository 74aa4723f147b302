import type { ExprNode } from './node.js'
import type { PatternValue } from './parameters.js'

const utf8 = new TextEncoder()

/** A test of texts against constants, on strings and, where it can be said so, on UTF-8 bytes. */
export interface TextTest {
  readonly text: (text: string) => boolean
  readonly bytes: ((bytes: Uint8Array, start: number, end: number) => boolean) | undefined
}

/** True for a node that tests a text against constants alone. */
export function isTextTest({ op, args }: ExprNode): boolean {
  if (args?.[0]?.type !== 'text') return false
  if (op === 'eq' || op === 'ne') return args[1]?.op === 'literal' && typeof args[1].value === 'string'
  return op === 'isIn' || op === 'contains' || op === 'startsWith' || op === 'matches'
}

/**
 * The bytes of a constant, or undefined where equal strings need not mean equal bytes: lone surrogates have no UTF-8,
 * and U+FFFD stands for any malformed bytes.
 */
function exactBytes(text: string): Uint8Array | undefined {
  return /[\ufffd\ufeff]|\p{Surrogate}/u.test(text) ? undefined : utf8.encode(text)
}

/** Whether `part` lies in `bytes` at `at`; the caller has compared the lengths. */
function matchesAt(bytes: Uint8Array, at: number, part: Uint8Array): boolean {
  for (let i = 0; i < part.length; i++) if (bytes[at + i] !== part[i]) return false
  return true
}

const equalBytes = (bytes: Uint8Array, start: number, end: number, constant: Uint8Array): boolean =>
  end - start === constant.length && matchesAt(bytes, start, constant)

function equalsAny(bytes: Uint8Array, start: number, end: number, constants: readonly Uint8Array[]): boolean {
  for (let i = 0; i < constants.length; i++) if (equalBytes(bytes, start, end, constants[i]!)) return true
  return false
}

function containsBytes(bytes: Uint8Array, start: number, end: number, part: Uint8Array): boolean {
  for (let at = start; at <= end - part.length; at++) if (matchesAt(bytes, at, part)) return true
  return false
}

/**
 * The test of a node. A regular expression runs on JavaScript's engine, which backtracks: a pattern with nested
 * repetition such as `(a+)+$` can take time exponential in the length of a text. It matches anywhere unless anchored.
 */
export function textTest(node: ExprNode): TextTest {
  switch (node.op) {
    case 'eq':
    case 'ne': {
      const constant = String(node.args![1]!.value)
      const wanted = node.op === 'eq'
      const exact = exactBytes(constant)
      return {
        text: text => (text === constant) === wanted,
        bytes: exact && ((bytes, start, end) => equalBytes(bytes, start, end, exact) === wanted),
      }
    }
    case 'isIn': {
      const constants = node.value as readonly string[]
      const set = new Set(constants)
      const exact = constants.map(exactBytes)
      // Beyond some constants one look-up of a string costs less than comparing bytes with each.
      const byBytes = exact.length <= 16 && exact.every(constant => constant !== undefined)
      return {
        text: text => set.has(text),
        bytes: byBytes ? (bytes, start, end) => equalsAny(bytes, start, end, exact as readonly Uint8Array[]) : undefined,
      }
    }
    case 'startsWith': {
      const part = String(node.value)
      const exact = exactBytes(part)
      return {
        text: text => text.startsWith(part),
        bytes: exact && ((bytes, start, end) => end - start >= exact.length && matchesAt(bytes, start, exact)),
      }
    }
    case 'contains': {
      const part = String(node.value)
      const exact = exactBytes(part)
      return { text: text => text.includes(part), bytes: exact && ((bytes, start, end) => containsBytes(bytes, start, end, exact)) }
    }
    default: {
      const { source, flags } = node.value as PatternValue
      const pattern = new RegExp(source, flags)
      return { text: text => pattern.test(text), bytes: undefined }
    }
  }
}

/** A stretch of a text, from `offset` on. */
export interface Stretch {
  readonly offset: number
  readonly length: number
}

/** Where the parts of a JSON text lie. */
export interface JsonPlaces {
  /** By path as `panels[0].line`; the whole is ``. Members are found at their key, elements of lists at their beginning. */
  readonly places: ReadonlyMap<string, Stretch>
  /** Where the text stops being JSON, and what stands there or is missing; undefined for valid JSON. */
  readonly broken?: { readonly offset: number; readonly message: string }
}

/** Deeper than any definition goes; more is refused rather than followed. */
const mostDepth = 32

const space = /[ \t\n\r]*/y
const string = /"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy
const plain = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

class Broken extends Error {
  readonly offset: number

  constructor(offset: number, message: string) {
    super(message)
    this.offset = offset
  }
}

/**
 * Finds the place of every part of a JSON text (RFC 8259), so that a problem with a part can be shown in the text.
 *
 * @example
 * jsonPlaces('{"a": [1, 2]}').places.get('a[1]') // { offset: 10, length: 1 }
 */
export function jsonPlaces(text: string): JsonPlaces {
  const places = new Map<string, Stretch>()
  let offset = 0

  const token = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = offset
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) offset += found.length
    return found
  }
  const fail = (wanted: string): never => {
    const character = text.codePointAt(offset)
    const here = character === undefined ? 'the text ends' : `there is ${JSON.stringify(String.fromCodePoint(character))}`
    throw new Broken(offset, `${here} where ${wanted} should be`)
  }
  const sign = (character: string): boolean => {
    token(space)
    if (text[offset] !== character) return false
    offset++
    return true
  }

  const value = (path: string, depth: number): void => {
    token(space)
    if (depth > mostDepth) fail('something less deep')
    const start = offset
    if (sign('{')) members(path, depth)
    else if (sign('[')) elements(path, depth)
    else if (token(string) === undefined && token(plain) === undefined) fail('a value')
    if (!places.has(path)) places.set(path, { offset: start, length: /[{[]/.test(text[start]!) ? 1 : offset - start })
  }
  const members = (path: string, depth: number): void => {
    if (sign('}')) return
    do {
      token(space)
      const start = offset
      const key = token(string) ?? fail('a key in quotes')
      const name = String(JSON.parse(key))
      const own = path === '' ? name : `${path}.${name}`
      places.set(own, { offset: start, length: key.length })
      if (!sign(':')) fail('a colon')
      value(own, depth + 1)
    } while (sign(','))
    if (!sign('}')) fail('a comma or }')
  }
  const elements = (path: string, depth: number): void => {
    if (sign(']')) return
    let i = 0
    do value(`${path}[${i++}]`, depth + 1)
    while (sign(','))
    if (!sign(']')) fail('a comma or ]')
  }

  try {
    value('', 0)
    token(space)
    if (offset < text.length) fail('the end')
    return { places }
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    return { places, broken: { offset: error.offset, message: error.message } }
  }
}

/** Line and column of an offset; both count from 1. */
export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

import { literalsSource } from './json-literals.js'
import { numberVariables } from './json-number-source.js'
import { keyIndex, literalEnd, skipJson, spaceEnd, stringEnd } from './json-skip.js'
import { valueSource } from './json-value-source.js'
import type { PathNode } from './path-tree.js'
import { powersOfTen } from './plain-number.js'

/**
 * Reads the members of one object into row `row`, from the position behind `{`: the position behind `}`, or −1 where
 * the text is unusual or wrong. The byte before `end` must be `}`; `view` is of the same bytes.
 */
export type ObjectReader = (bytes: Uint8Array, view: DataView, from: number, end: number, row: number) => number

/**
 * Generates the reader of objects with the members below `root`, one function an object: each knows its keys by their
 * words and reads numbers in place. Only numbers and names that we choose enter the text; whatever a schema says is
 * bound, or compared as words.
 */
export function compileJson(root: PathNode): ObjectReader {
  const bound = new Map<string, unknown>(Object.entries({ keyIndex, literalEnd, skipJson, spaceEnd, stringEnd, power: powersOfTen }))
  const text = objectSource(root, 1, bound)
  return new Function(...bound.keys(), `'use strict'${text}\nreturn object${root.index}`)(...bound.values()) as ObjectReader
}

/**
 * `}` before `end` ends any run of spaces and digits, so those are not compared with `end`; strings and whole words
 * are. Only a `}` can lead to `end`, and who passes one looks.
 */
function objectSource({ index, children }: PathNode, depth: number, bound: Map<string, unknown>): string {
  const objects = children.filter(isObject).map(child => objectSource(child, depth + 1, bound))
  const keys = children.map(({ key }) => `"${key}":`)
  const sets = children.filter((_, i) => i % 32 === 0).map((_, set) => set)
  const members = children.map((child, field) => memberCase(child, field, bound))
  bound.set(
    `keys${index}`,
    children.map(({ bytes }) => bytes),
  )
  return `${objects.join('')}
function object${index}(bytes, view, from, end, row) {
  let at = from, field = -1, start = 0, close = 0, ${[numberVariables, ...sets.map(set => `seen${set} = 0`)].join(', ')}
  if (bytes[at] <= 32) at = spaceEnd(bytes, at)
  if (bytes[at] === 125) at++
  else for (;;) {
    if (bytes[at] <= 32) at = spaceEnd(bytes, at)
    if (at + 4 >= end) return -1
    field = -1
    ${literalsSource(keys, i => `field = ${i}`)}
    if (field === -1) {
      if (bytes[at] !== 34) return -1
      start = at + 1
      close = stringEnd(bytes, start, end)
      if (close < 0) return -1
      at = close + 1
      // Right before its colon a key of ours, unless empty, would have been known by its words.
      if (bytes[at] !== 58 || close === start) {
        at = spaceEnd(bytes, at)
        if (bytes[at] !== 58) return -1
        field = keyIndex(keys${index}, bytes, start, close)
      }
      at++
    }
    if (bytes[at] <= 32) at = spaceEnd(bytes, at)
    switch (field) {${members.join('')}
      default:
        at = skipJson(bytes, at, end, ${depth})
    }
    if (at < 0 || at >= end) return -1
    if (bytes[at] <= 32) at = spaceEnd(bytes, at)
    if (bytes[at] === 125) {
      at++
      break
    }
    if (bytes[at++] !== 44) return -1
  }${sets.map(set => absentSource(children, set)).join('')}
  return at
}`
}

function memberCase(node: PathNode, field: number, bound: Map<string, unknown>): string {
  const { index, checks } = node
  return `
      case ${field}:
        if ((${seen(field)}) !== 0) return -1
        seen${field >> 5} |= ${bit(field)}
        ${checks[0] ? valueSource(checks[0], index, bound) : `at = bytes[at] === 123 ? object${index}(bytes, view, at + 1, end, row) : -1`}
        break`
}

/** Members of set `set` that did not come become null, or there is no row. */
function absentSource(children: readonly PathNode[], set: number): string {
  let all = 0
  let lines = ''
  children.forEach((child, field) => {
    if (field >> 5 !== set) return
    all |= bit(field)
    const leaves = leavesOf(child)
    const nulls = leaves.filter(({ checks }) => checks[0]?.store).map(({ index }) => `store${index}.setNull(row)`)
    const missing = leaves.every(({ checks }) => checks[0]?.spec.nullable) ? nulls.join('; ') : 'return -1'
    lines += `\n    if ((${seen(field)}) === 0) { ${missing} }`
  })
  return `\n  if (seen${set} !== ${all}) {${lines}\n  }`
}

const isObject = (node: PathNode): boolean => node.children.length > 0
const leavesOf = (node: PathNode): readonly PathNode[] => (isObject(node) ? node.children.flatMap(leavesOf) : [node])

/** Members are counted in sets of 32 bits. */
const bit = (field: number): number => 1 << (field & 31)
const seen = (field: number): string => `seen${field >> 5} & ${bit(field)}`

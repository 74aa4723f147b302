import { isUtf8 } from 'node:buffer'
import { depthLimit } from './amqp-value.js'
import type { FieldCheck } from './field-check.js'
import { isAscii } from './is-ascii.js'
import { JsonLeaf } from './json-leaf.js'
import { beyondAscii, skipJson, stringEnd } from './json-skip.js'
import { type PathNode, pathTree } from './path-tree.js'

/** Unwanted keys that an object remembers, so that they cost no search. */
const strangerLimit = 16

interface ScanNode {
  readonly bytes: Uint8Array
  readonly index: number
  readonly leaf: JsonLeaf | undefined
  readonly children: readonly ScanNode[]
  /** Keys that were seen here and nobody wants: index −1, at most `strangerLimit`. */
  readonly strangers: ScanNode[]
  /** `"key":`, what stands there unless a space comes between: its length, and its words (the last one overlaps). */
  readonly headLength: number
  readonly head: Int32Array
  /** The child that came first last time, and the sibling that came next: tried before all others. */
  first: ScanNode | undefined
  next: ScanNode | undefined
}

/**
 * Reads JSON objects over bytes straight into columns, in any order of keys. It knows the plain case only and answers
 * false for whatever is unusual or wrong (escapes, exponents, more than 15 digits, a key given twice, non-ASCII keys, a
 * mistyped value, no JSON): then `JSON.parse` decides. So it never gives a row that `JSON.parse` would not give.
 */
export class JsonScanner {
  private readonly root: ScanNode
  private readonly leaves: JsonLeaf[] = []
  /** seen[i] is the record in which node i was seen last. */
  private readonly seen: Int32Array
  private record = 0
  private bytes: Uint8Array = new Uint8Array(0)
  private view = new DataView(this.bytes.buffer)
  private end = 0
  private row = 0

  private constructor(root: PathNode, size: number) {
    this.seen = new Int32Array(size)
    this.root = this.node(root)
  }

  /** A scanner for the body's fields; undefined for schemas that read one place twice. */
  static of(checks: readonly FieldCheck[]): JsonScanner | undefined {
    const { root, size } = pathTree(checks)
    const plain = (node: PathNode): boolean => node.checks.length + (node.children.length > 0 ? 1 : 0) <= 1 && node.children.every(plain)
    return plain(root) ? new JsonScanner(root, size) : undefined
  }

  /** Writes the record bytes[start … end − 1] into row `row`; false: not the plain case, and the row is undefined. */
  scan(bytes: Uint8Array, start: number, end: number, row: number): boolean {
    if (bytes !== this.bytes) {
      this.bytes = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.end = end
    this.row = row
    beyondAscii.seen = 0
    if (++this.record === 0x7fffffff) {
      this.seen.fill(0)
      this.record = 1
    }
    let at = start
    while (at < end && isSpace(bytes[at]!)) at++
    if (at >= end || bytes[at] !== 0x7b) return false
    at = this.object(this.root, at + 1, 1)
    if (at < 0) return false
    while (at < end && isSpace(bytes[at]!)) at++
    if (at !== end) return false
    const { leaves, seen, record } = this
    for (let i = 0; i < leaves.length; i++) {
      const leaf = leaves[i]!
      if (seen[leaf.index] !== record && !leaf.setNull(row)) return false
    }
    return beyondAscii.seen === 0 || isUtf8(bytes.subarray(start, end))
  }

  private node(place: PathNode): ScanNode {
    const check = place.checks[0]
    const leaf = check && new JsonLeaf(check, place.index)
    if (leaf) this.leaves.push(leaf)
    return scanNode(
      place.bytes,
      place.index,
      leaf,
      place.children.map(child => this.node(child)),
    )
  }

  /** Reads the members behind `{`: the position behind `}`, or −1. */
  private object(node: ScanNode, from: number, depth: number): number {
    const { bytes, view, end, record, seen } = this
    if (depth > depthLimit) return -1
    let at = from
    while (at < end && isSpace(bytes[at]!)) at++
    if (bytes[at] === 0x7d && at < end) return at + 1
    let previous: ScanNode | undefined
    for (;;) {
      while (at < end && isSpace(bytes[at]!)) at++
      if (at >= end || bytes[at] !== 0x22) return -1
      let child = previous === undefined ? node.first : previous.next
      if (child !== undefined && at + child.headLength <= end && startsWith(view, at, child.head, child.headLength)) at += child.headLength
      else {
        at++
        const close = stringEnd(bytes, at, end)
        if (close < 0) return -1
        child = this.childAt(node.children, at, close) ?? this.stranger(node, at, close)
        if (child !== undefined && child.headLength >= 4) {
          if (previous === undefined) node.first = child
          else previous.next = child
        }
        at = close + 1
        while (at < end && isSpace(bytes[at]!)) at++
        if (at >= end || bytes[at] !== 0x3a) return -1
        at++
      }
      while (at < end && isSpace(bytes[at]!)) at++
      if (at >= end) return -1
      if (child === undefined) at = skipJson(bytes, at, end, depth)
      else if (child.index < 0) {
        previous = child
        at = skipJson(bytes, at, end, depth)
      } else {
        if (seen[child.index] === record) return -1
        seen[child.index] = record
        previous = child
        if (child.leaf) at = child.leaf.read(bytes, at, end, this.row)
        else at = bytes[at] === 0x7b ? this.object(child, at + 1, depth + 1) : -1
      }
      if (at < 0) return -1
      while (at < end && isSpace(bytes[at]!)) at++
      if (at >= end) return -1
      const byte = bytes[at++]
      if (byte === 0x7d) return at
      if (byte !== 0x2c) return -1
    }
  }

  /** The stranger with this key, made when it is new and plain. */
  private stranger(node: ScanNode, start: number, end: number): ScanNode | undefined {
    const known = this.childAt(node.strangers, start, end)
    if (known !== undefined || node.strangers.length >= strangerLimit || end - start > 64 || !isAscii(this.bytes, start, end)) return known
    const stranger = scanNode(this.bytes.slice(start, end), -1, undefined, [])
    node.strangers.push(stranger)
    return stranger
  }

  private childAt(children: readonly ScanNode[], start: number, end: number): ScanNode | undefined {
    const { bytes } = this
    const length = end - start
    for (let c = 0; c < children.length; c++) {
      const key = children[c]!.bytes
      if (key.length !== length) continue
      let i = 0
      while (i < length && key[i] === bytes[start + i]) i++
      if (i === length) return children[c]
    }
    return undefined
  }
}

function scanNode(key: Uint8Array, index: number, leaf: JsonLeaf | undefined, children: readonly ScanNode[]): ScanNode {
  const head = Uint8Array.from([0x22, ...key, 0x22, 0x3a])
  return {
    bytes: key,
    index,
    leaf,
    children,
    strangers: [],
    headLength: head.length,
    head: wordsOf(head),
    first: undefined,
    next: undefined,
  }
}

/** Words of at least four bytes, big-endian; the last one overlaps where the length is no multiple of four. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer)
  return Int32Array.from({ length: Math.ceil(bytes.length / 4) }, (_, i) =>
    bytes.length < 4 ? -1 : view.getInt32(Math.min(4 * i, bytes.length - 4)),
  )
}

function startsWith(view: DataView, at: number, head: Int32Array, length: number): boolean {
  const last = head.length - 1
  if (view.getInt32(at + length - 4) !== head[last]) return false
  for (let i = 0; i < last; i++) if (view.getInt32(at + 4 * i) !== head[i]) return false
  return true
}

/** RFC 8259 §2: space, tab, line feed, carriage return. */
const isSpace = (byte: number): boolean => byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)

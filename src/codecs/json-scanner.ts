import { isUtf8 } from 'node:buffer'
import { depthLimit } from './amqp-value.js'
import { compileJson, type ObjectReader } from './compile-json.js'
import type { FieldCheck } from './field-check.js'
import { isPlainText } from './json-literals.js'
import { beyondAscii, isSpace, spaceEnd } from './json-skip.js'
import { type PathNode, pathTree } from './path-tree.js'

/**
 * Reads JSON objects over bytes straight into columns, in any order of keys. It knows the plain case only and answers
 * false for whatever is unusual or wrong (escapes, exponents, more than 15 digits, a key given twice, a mistyped value,
 * no JSON): then `JSON.parse` decides. So it never gives a row that `JSON.parse` would not give.
 */
export class JsonScanner {
  private readonly read: ObjectReader
  private bytes: Uint8Array = new Uint8Array(0)
  private view = new DataView(this.bytes.buffer)

  private constructor(root: PathNode) {
    this.read = compileJson(root)
  }

  /** A scanner for the body's fields; undefined for schemas that read one place twice, or keys that need escapes. */
  static of(checks: readonly FieldCheck[]): JsonScanner | undefined {
    const { root } = pathTree(checks)
    return isPlain(root, 0) ? new JsonScanner(root) : undefined
  }

  /** Writes the record bytes[start … end − 1] into row `row`; false: not the plain case, and the row is undefined. */
  scan(bytes: Uint8Array, start: number, end: number, row: number): boolean {
    if (bytes !== this.bytes) {
      this.bytes = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    let last = end - 1
    while (last > start && isSpace(bytes[last]!)) last--
    if (last <= start || bytes[last] !== 0x7d) return false
    const first = spaceEnd(bytes, start)
    beyondAscii.seen = 0
    if (bytes[first] !== 0x7b || this.read(bytes, this.view, first + 1, last + 1, row) !== last + 1) return false
    return beyondAscii.seen === 0 || isUtf8(bytes.subarray(start, end))
  }
}

/** One field a place, no deeper than JSON may nest, under keys whose bytes can be compared. */
function isPlain({ key, checks, children }: PathNode, depth: number): boolean {
  if (depth > depthLimit || checks.length + Math.min(children.length, 1) > 1) return false
  return isPlainText(key) && children.every(child => isPlain(child, depth + 1))
}

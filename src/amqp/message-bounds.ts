/** Compound values may nest this deep; rhea's decoder recurses and would overflow the stack. */
const maxDepth = 64
/** Values without bytes of their own (nulls, trues, zeros) that a whole message may declare in arrays. */
const maxZeroWidth = 65_536

/**
 * Checks one or more encoded AMQP values (part 1 §1.6) without decoding them: every size lies in its parent, every count
 * can be true for the bytes there are, nesting is at most 64, and arrays of zero-width elements are short. What passes
 * can be decoded in time and memory proportional to its length. Returns the first fault as a sentence, or undefined.
 *
 * @example
 * boundsFault(Uint8Array.of(0xd0, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff)) // 'a list of 4294967295 values in 0 bytes'
 */
export function boundsFault(bytes: Uint8Array): string | undefined {
  const walk = new Walk(bytes)
  let at = 0
  while (at >= 0 && at < bytes.length) at = walk.value(at, bytes.length, 0)
  return at < 0 ? walk.fault : undefined
}

class Walk {
  fault = ''
  #zeroWidth = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The offset behind the value at `at`, or −1. */
  value(at: number, end: number, depth: number): number {
    if (at >= end) return this.#fail('a value is missing')
    const code = this.#bytes[at]!
    if (code === 0) {
      const behind = this.#descriptor(at, end, depth)
      return behind < 0 ? -1 : this.value(behind, end, depth + 1)
    }
    return this.#content(code, at + 1, end, depth)
  }

  #descriptor(at: number, end: number, depth: number): number {
    return depth >= maxDepth ? this.#fail(`values nest deeper than ${maxDepth}`) : this.value(at + 1, end, depth + 1)
  }

  #content(code: number, at: number, end: number, depth: number): number {
    // Part 1 §1.2: the upper half of a constructor byte tells the width.
    switch (code >>> 4) {
      case 0x4:
        return at
      case 0x5:
        return this.#fixed(at, 1, end)
      case 0x6:
        return this.#fixed(at, 2, end)
      case 0x7:
        return this.#fixed(at, 4, end)
      case 0x8:
        return this.#fixed(at, 8, end)
      case 0x9:
        return this.#fixed(at, 16, end)
      case 0xa:
        return at >= end ? this.#fail('a length is missing') : this.#fixed(at + 1, this.#bytes[at]!, end)
      case 0xb:
        return at + 4 > end ? this.#fail('a length is missing') : this.#fixed(at + 4, this.#uint(at), end)
      case 0xc:
      case 0xd:
        return this.#compound(code, at, end, depth)
      case 0xe:
      case 0xf:
        return this.#array(code, at, end, depth)
      default:
        return this.#fail(`0x${code.toString(16)} is no type`)
    }
  }

  #compound(code: number, at: number, end: number, depth: number): number {
    const width = code < 0xd0 ? 1 : 4
    const frame = this.#frame(at, width, end, depth)
    if (frame < 0) return -1
    const count = width === 1 ? this.#bytes[at + 1]! : this.#uint(at + 4)
    let inner = at + 2 * width
    if (count > frame - inner) return this.#fail(`a list of ${count} values in ${frame - inner} bytes`)
    for (let i = 0; i < count; i++) {
      inner = this.value(inner, frame, depth + 1)
      if (inner < 0) return -1
    }
    return inner === frame ? frame : this.#fail('a list is longer than its values')
  }

  #array(code: number, at: number, end: number, depth: number): number {
    const width = code < 0xf0 ? 1 : 4
    const frame = this.#frame(at, width, end, depth)
    if (frame < 0) return -1
    const count = width === 1 ? this.#bytes[at + 1]! : this.#uint(at + 4)
    let inner = at + 2 * width
    if (inner >= frame) return count === 0 && inner === frame ? frame : this.#fail('an array has no constructor')
    if (this.#bytes[inner] === 0) {
      inner = this.#descriptor(inner, frame, depth)
      if (inner < 0) return -1
      if (inner >= frame || this.#bytes[inner] === 0) return this.#fail('an array has no constructor')
    }
    const element = this.#bytes[inner++]!
    const zeroWidth = element >>> 4 === 4
    if (zeroWidth) this.#zeroWidth += count
    if (zeroWidth ? this.#zeroWidth > maxZeroWidth : count > frame - inner)
      return this.#fail(`an array of ${count} values in ${frame - inner} bytes`)
    for (let i = 0; i < count && !zeroWidth; i++) {
      inner = this.#content(element, inner, frame, depth + 1)
      if (inner < 0) return -1
    }
    return inner === frame ? frame : this.#fail('an array is longer than its values')
  }

  /** The end of a compound whose size field is at `at`, or −1. */
  #frame(at: number, width: number, end: number, depth: number): number {
    if (depth >= maxDepth) return this.#fail(`values nest deeper than ${maxDepth}`)
    if (at + 2 * width > end) return this.#fail('a size is missing')
    const size = width === 1 ? this.#bytes[at]! : this.#uint(at)
    return size < width ? this.#fail('a size is too small') : this.#fixed(at + width, size, end)
  }

  #fixed(at: number, size: number, end: number): number {
    return size > end - at ? this.#fail(`a value of ${size} bytes where ${Math.max(0, end - at)} are left`) : at + size
  }

  #uint(at: number): number {
    const b = this.#bytes
    return ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0
  }

  #fail(fault: string): -1 {
    this.fault = fault
    return -1
  }
}

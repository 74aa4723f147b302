/**
 * A state as bytes: parts, each a head of 16 bytes (u32 kind, u32 zero, u64 length; little-endian, as are all numbers),
 * its bytes, and zeros up to a multiple of 8. A part of kind 16 … 25 holds a typed array as it lies in memory; kinds 0 to
 * 2 hold JSON: 0 a stretch of a list, 1 a stretch of an object's members, 2 the value itself, which is the last part.
 * Parts count from 0. In JSON a string that begins with `$` stands for what JSON cannot say:
 *
 * | string | stands for |
 * |---|---|
 * | `$$…` | the string `$…` |
 * | `$NaN`, `$Infinity`, `$-Infinity`, `$-0` | that number |
 * | `$#n` | the typed array of part n |
 * | `$[a,b,…` | the list that parts a, b, … hold, and after them the rest |
 * | `${a,b,…` | the same of an object |
 */
import type { State } from '../model/state.js'
import { arrayKind, arrayOf } from './state-arrays.js'

export const headBytes = 16
export const partKinds = { list: 0, members: 1, root: 2 } as const
/** Values in one stretch of JSON: what is encoded at one go, in about 2 ms. Texts count by their length, too. */
const stretchValues = 8_192
const charactersAValue = 16
/** More nesting than any state has; a cycle would never end. */
const deepest = 200

const { stringify } = JSON
const dollar = 36

/**
 * The bytes of a value, piece by piece, so that whoever writes them can give way between two pieces: lists and objects of
 * any length are encoded in short stretches, and typed arrays are handed out as views. Nothing in the value may change
 * until the last piece is taken. Members that are undefined are left out; undefined items are null.
 *
 * @throws TypeError for a value that is no plain data, such as a function, a Map or a bigint.
 * @example
 * const bytes = Buffer.concat([...encodeState({ sums: Float64Array.of(1, 2), at: -0 })])
 * decodeState(bytes) // { sums: Float64Array [1, 2], at: -0 }
 */
export function* encodeState(body: unknown): Generator<Uint8Array, void> {
  const encoder = new Encoder()
  const root = yield* encoder.value(body, 0)
  yield* encoder.json(partKinds.root, root)
}

class Encoder {
  #parts = 0
  /** Values encoded and not handed out yet, of all lists and objects that are open. */
  #pending = 0

  #leaf(value: unknown): unknown {
    this.#pending++
    switch (typeof value) {
      case 'string':
        this.#pending += value.length / charactersAValue
        return value.charCodeAt(0) === dollar ? `$${value}` : value
      case 'number':
        if (Object.is(value, -0)) return '$-0'
        return Number.isFinite(value) ? value : `$${value}`
      case 'boolean':
        return value
      case 'undefined':
        return null
      default:
        if (value === null) return value
        throw new TypeError(`a state cannot hold a ${typeof value}`)
    }
  }

  *value(value: unknown, depth: number): Generator<Uint8Array, unknown> {
    if (typeof value !== 'object' || value === null) return this.#leaf(value)
    const kind = arrayKind(value)
    if (kind !== undefined) {
      const { buffer, byteOffset, byteLength } = value as Uint8Array
      return `$#${yield* this.#part(kind, new Uint8Array(buffer, byteOffset, byteLength))}`
    }
    if (depth > deepest) throw new TypeError(`a state nests deeper than ${deepest}, or holds itself`)
    if (Array.isArray(value)) return yield* this.#list(value, depth + 1)
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === null || Object.getPrototypeOf(prototype) === null) return yield* this.#members(value, depth + 1)
    throw new TypeError(`a state cannot hold a ${value.constructor.name}`)
  }

  *json(kind: number, value: unknown): Generator<Uint8Array, number> {
    return yield* this.#part(kind, Buffer.from(stringify(value)))
  }

  *#part(kind: number, bytes: Uint8Array): Generator<Uint8Array, number> {
    const head = new DataView(new ArrayBuffer(headBytes))
    head.setUint32(0, kind, true)
    head.setBigUint64(8, BigInt(bytes.length), true)
    yield new Uint8Array(head.buffer)
    if (bytes.length > 0) yield bytes
    if (bytes.length % 8 > 0) yield new Uint8Array(8 - (bytes.length % 8))
    return this.#parts++
  }

  /** Items and members that JSON can say as they are, are not copied. */
  *#list(list: readonly unknown[], depth: number): Generator<Uint8Array, unknown> {
    const parts: number[] = []
    let from = 0
    let copy: unknown[] | undefined
    const before = ++this.#pending
    for (let i = 0; i < list.length; i++) {
      const item = list[i]
      if (this.#pending - before >= stretchValues && i > from) {
        parts.push(yield* this.json(partKinds.list, copy ?? list.slice(from, i)))
        this.#pending = before
        from = i
        copy = undefined
      }
      const said = typeof item !== 'object' || item === null ? this.#leaf(item) : yield* this.value(item, depth)
      if (said !== item) copy ??= list.slice(from, i)
      copy?.push(said)
    }
    if (parts.length === 0) return copy ?? list
    parts.push(yield* this.json(partKinds.list, copy ?? list.slice(from)))
    this.#pending = before
    return `$[${parts.join(',')}`
  }

  *#members(object: object, depth: number): Generator<Uint8Array, unknown> {
    const all = object as Readonly<Record<string, unknown>>
    const keys = Object.keys(all)
    const parts: number[] = []
    let from = 0
    let copy: Record<string, unknown> | undefined
    const before = ++this.#pending
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!
      const member = all[key]
      if (member === undefined) continue
      if (this.#pending - before >= stretchValues && i > from) {
        parts.push(yield* this.json(partKinds.members, copy ?? membersOf(all, keys.slice(from, i))))
        this.#pending = before
        from = i
        copy = undefined
      }
      this.#pending += key.length / charactersAValue
      const said = typeof member !== 'object' || member === null ? this.#leaf(member) : yield* this.value(member, depth)
      if (said !== member) copy ??= membersOf(all, keys.slice(from, i))
      if (copy) setMember(copy, key, said)
    }
    if (parts.length === 0) return copy ?? all
    parts.push(yield* this.json(partKinds.members, copy ?? membersOf(all, keys.slice(from))))
    this.#pending = before
    return `\${${parts.join(',')}`
  }
}

/**
 * The value that `encodeState` made these bytes of; typed arrays are copies.
 *
 * @throws SyntaxError or RangeError where they are no such bytes.
 */
export function decodeState(bytes: Uint8Array): State {
  const decoder = new Decoder(bytes)
  return decoder.root()
}

class Decoder {
  readonly #bytes: Uint8Array
  readonly #kinds: number[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    const heads = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let at = 0; at < bytes.length; ) {
      if (at + headBytes > bytes.length) throw new RangeError('a part is torn')
      const end = at + headBytes + Number(heads.getBigUint64(at + 8, true))
      if (end > bytes.length) throw new RangeError('a part is longer than the state')
      this.#kinds.push(heads.getUint32(at, true))
      this.#starts.push(at + headBytes)
      this.#ends.push(end)
      at = Math.ceil(end / 8) * 8
    }
  }

  root(): State {
    const last = this.#kinds.length - 1
    if (this.#kinds[last] !== partKinds.root) throw new RangeError('the last part is missing')
    return this.#revived(this.#json(last)) as State
  }

  #part(index: number): Uint8Array {
    const start = this.#starts[index]
    if (start === undefined) throw new RangeError(`there is no part ${index}`)
    return this.#bytes.subarray(start, this.#ends[index])
  }

  #json(index: number): unknown {
    const { buffer, byteOffset, byteLength } = this.#part(index)
    return JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString())
  }

  /** What a value of JSON stands for; objects and lists are changed in place. */
  #revived(value: unknown): unknown {
    if (typeof value === 'string') return value.charCodeAt(0) === dollar ? this.#meant(value) : value
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) value[i] = this.#revived(value[i])
      return value
    }
    const members = value as Record<string, unknown>
    for (const key of Object.keys(members)) {
      const member = members[key]
      const meant = this.#revived(member)
      if (meant !== member) setMember(members, key, meant)
    }
    return members
  }

  #meant(text: string): unknown {
    switch (text[1]) {
      case '$':
        return text.slice(1)
      case '#': {
        const index = Number(text.slice(2))
        const array = arrayOf(this.#kinds[index] ?? 0, this.#part(index))
        if (!array) throw new RangeError(`part ${index} is no typed array`)
        return array
      }
      case '[':
        // Not spread into `push` or `concat` at once: a list may be longer than a call may have arguments.
        return partsOf(text).flatMap(index => this.#revived(this.#json(index)))
      case '{': {
        const whole = {}
        for (const index of partsOf(text)) {
          for (const [key, member] of Object.entries(this.#revived(this.#json(index)) as object)) setMember(whole, key, member)
        }
        return whole
      }
      default: {
        const number = Number(text.slice(1))
        if (Number.isNaN(number) && text !== '$NaN') throw new RangeError(`no state says ${text}`)
        return number
      }
    }
  }
}

const partsOf = (text: string): readonly number[] => text.slice(2).split(',').map(Number)

function membersOf(object: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  const some = {}
  for (const key of keys) setMember(some, key, object[key])
  return some
}

/** Assigning `__proto__` would change what the object inherits. */
function setMember(target: object, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  else (target as Record<string, unknown>)[key] = value
}

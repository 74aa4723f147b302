import { arrayKind } from './state-arrays.js'
import { dollar, headBytes, partKinds, setMember } from './state-format.js'

/** Values in one stretch of JSON: what is encoded at one go, in about 2 ms. Texts count by their length, too. */
const stretchValues = 8_192
const charactersAValue = 16
/** More nesting than any state has; a cycle would never end. */
const deepest = 200

const { stringify } = JSON

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

function membersOf(object: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  const some = {}
  for (const key of keys) setMember(some, key, object[key])
  return some
}

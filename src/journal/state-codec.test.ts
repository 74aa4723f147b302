import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeState } from './state-codec.js'
import { decodeState } from './state-decoder.js'

const encoded = (value: unknown) => new Uint8Array(Buffer.concat([...encodeState(value)]))
const again = (value: unknown): unknown => decodeState(encoded(value))

const numbers = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY))
// UTF-16 units, lone surrogates among them; and what the codec itself writes.
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 5 }).map(units => String.fromCharCode(...units)),
  fc.constantFrom('$', '$$', '$NaN', '$-0', '$#0', '$[0', '${0', '$1'),
)
const keys = fc.oneof(texts, fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON', 'hasOwnProperty', '7'))
const arrays = fc.oneof(
  fc.uint8Array(),
  fc.int8Array(),
  fc.uint16Array(),
  fc.int16Array(),
  fc.uint32Array(),
  fc.int32Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
)
const { state } = fc.letrec(tie => ({
  state: fc.oneof(
    { depthSize: 'medium' },
    fc.constant(null),
    fc.boolean(),
    numbers,
    texts,
    arrays,
    fc.array(tie('state')),
    fc
      .array(fc.tuple(keys, tie('state')))
      // `__proto__` as an own member, as JSON.parse makes it.
      .map(pairs =>
        pairs.reduce(
          (object, [key, value]) => Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true }),
          {},
        ),
      ),
  ),
}))

test('what is decoded is what was encoded', () => {
  fc.assert(
    fc.property(state, value => {
      // Vitest's own comparison trusts members named `constructor`.
      deepStrictEqual(again(value), value)
    }),
    { numRuns: 500 },
  )
})

test('lists and objects of any length come in stretches, whatever is in them', () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => ({ key: `$${i}`, value: i % 7 === 0 ? Number.NaN : -0, open: [i, null] }))
  const members = JSON.parse(`{"__proto__":{"a":[1]},${Array.from({ length: 20_000 }, (_, i) => `"k${i}":${i}`)}}`) as object
  const value = { views: { a: rows, b: [rows.slice(0, 3), rows] }, members, blob: Float64Array.of(1, 2) }
  const pieces = [...encodeState(value)]
  expect(pieces.length).toBeGreaterThan(20)
  expect(pieces.length).toBeLessThan(200)
  expect(Math.max(...pieces.map(piece => piece.length))).toBeLessThan(150_000)
  expect(decodeState(Buffer.concat(pieces))).toStrictEqual(value)
})

test('a long text counts as much as many values', () => {
  const list = Array.from({ length: 100 }, () => 'x'.repeat(100_000))
  const pieces = [...encodeState(list)]
  expect(Math.max(...pieces.map(piece => piece.length))).toBeLessThan(400_000)
  expect(decodeState(Buffer.concat(pieces))).toStrictEqual(list)
})

test('undefined members are left out, undefined items are null', () => {
  expect(again({ a: undefined, b: [undefined, 1], c: new Array(2) })).toStrictEqual({ b: [null, 1], c: [null, null] })
})

test('a typed array is handed out as it lies, and comes back as a copy of its own', () => {
  const buffer = new ArrayBuffer(64)
  const view = new Float64Array(buffer, 8, 3).fill(1.5)
  const pieces = [...encodeState([view])]
  expect(pieces.some(piece => piece.buffer === buffer)).toBe(true)
  const bytes = Buffer.concat([Buffer.alloc(3), ...pieces]).subarray(3)
  const [copy] = decodeState(bytes) as unknown as [Float64Array]
  expect(copy).toStrictEqual(Float64Array.of(1.5, 1.5, 1.5))
  expect(copy.buffer.byteLength).toBe(24)
})

test.each([
  ['a function', () => 1],
  ['a bigint', 1n],
  ['a Map', new Map()],
  ['a Date', new Date(0)],
  ['a DataView', new DataView(new ArrayBuffer(8))],
])('%s is refused', (_, value) => {
  expect(() => encoded({ deep: [value] })).toThrow(TypeError)
})

test('what holds itself is refused', () => {
  const list: unknown[] = []
  list.push(list)
  expect(() => encoded(list)).toThrow(TypeError)
})

test('whatever bytes it is given, it gives a value or throws, soon', () => {
  const bytes = encoded({ a: [1, -0, Int32Array.of(1)], b: 'x' })
  for (let at = 0; at < bytes.length; at++) {
    for (const flip of [1, 0x80, 0xff]) {
      const damaged = bytes.slice()
      damaged[at]! ^= flip
      try {
        decodeState(damaged)
      } catch (error) {
        expect(error).toSatisfy(value => value instanceof SyntaxError || value instanceof RangeError)
      }
    }
  }
})

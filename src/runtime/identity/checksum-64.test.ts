import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checksum64 } from './checksum-64.js'

function checksum(bytes: Uint8Array, key = 7, start = 0, end = bytes.length): string {
  const out = new Uint32Array(2)
  checksum64(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start, end, key, out)
  return out.join()
}

test('a byte altered, added or taken away gives another checksum; what lies around gives the same', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(39), fc.integer({ min: 1, max: 255 }), (bytes, at, flip) => {
      const whole = checksum(bytes)
      expect(checksum(Uint8Array.of(9, ...bytes, 9), 7, 1, bytes.length + 1)).toBe(whole)
      expect(checksum(Uint8Array.of(...bytes, 0))).not.toBe(whole)
      if (at >= bytes.length) return
      const altered = bytes.slice()
      altered[at]! ^= flip
      expect(checksum(altered)).not.toBe(whole)
    }),
  )
})

test('texts that differ in two counters have as many checksums, under each key others', () => {
  const seen = new Set<string>()
  const bytes = new Uint8Array(40)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < 300; i++) {
    for (let j = 0; j < 300; j++) {
      view.setUint32(3, i)
      view.setUint32(27, j)
      seen.add(checksum(bytes))
    }
  }
  expect(seen.size).toBe(90_000)
  expect(seen.has(checksum(bytes, 8))).toBe(false)
})

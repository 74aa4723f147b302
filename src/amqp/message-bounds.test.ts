import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeMessage } from './encode-message.js'
import { boundsFault } from './message-bounds.js'

describe('boundsFault', () => {
  test.each([
    ['a list that declares four billion values', [0xd0, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff], 'a list of 4294967295 values in 0 bytes'],
    ['ten million nulls in thirteen bytes', [0xf0, 0, 0, 0, 5, 0, 0x98, 0x96, 0x80, 0x40], 'an array of 10000000 values in 0 bytes'],
    ['a string longer than the message', [0xa1, 200, 65], 'a value of 200 bytes where 1 are left'],
    ['a size beyond its parent', [0xc0, 4, 1, 0xc0, 9, 0], 'a value of 9 bytes where 1 are left'],
    ['a code without a type', [0x10], '0x10 is no type'],
    ['a list with bytes left over', [0xc0, 3, 1, 0x40, 0x40], 'a list is longer than its values'],
    ['descriptors without end', [...new Uint8Array(500)], 'values nest deeper than 64'],
  ])('%s', (_, bytes, fault) => {
    expect(boundsFault(Uint8Array.from(bytes))).toBe(fault)
  })

  test('nesting is refused long before the stack ends', () => {
    let bytes: number[] = [0x40]
    for (let i = 0; i < 80; i++) bytes = [0xd0, ...uint(bytes.length + 4), ...uint(1), ...bytes]
    expect(boundsFault(Uint8Array.from(bytes))).toBe('values nest deeper than 64')
  })

  test('nested arrays of nulls share one allowance', () => {
    const nulls = [0xf0, ...uint(5), ...uint(40_000), 0x40]
    expect(boundsFault(Uint8Array.from(nulls))).toBeUndefined()
    expect(boundsFault(Uint8Array.from([...nulls, ...nulls]))).toContain('an array of 40000')
  })

  test('what our encoder writes passes, cut short it does not, and random bytes end quickly', () => {
    const property = fc.record({ messageId: fc.string(), key: fc.string({ minLength: 1 }), number: fc.double(), data: fc.uint8Array() })
    fc.assert(
      fc.property(property, fc.nat(), ({ messageId, key, number, data }, cut) => {
        const bytes = encodeMessage({ durable: true, messageId, applicationProperties: { [`k${key}`]: number }, body: { data } })
        expect(boundsFault(bytes)).toBeUndefined()
        const tail = bytes.length - 1 - (cut % (data.length + 1))
        expect(boundsFault(bytes.subarray(0, tail))).toBeTypeOf('string')
      }),
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bytes => ['string', 'undefined'].includes(typeof boundsFault(bytes))))
  })
})

const uint = (n: number): number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]

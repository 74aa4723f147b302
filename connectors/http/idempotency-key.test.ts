import fc from 'fast-check'
import { expect, test } from 'vitest'
import { validHeader } from './exchange.js'
import { idempotencyKey } from './idempotency-key.js'

const anyId = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.constantFrom('\ud800', '\udfff', '%', ' '),
)

test('a plain id is its own key', () => {
  expect(idempotencyKey(['rooms/climate/["a"]/0/60000/0'])).toBe('rooms/climate/["a"]/0/60000/0')
})

test('every key is a header of one line and bounded length, equal for equal rows, and another for others', () => {
  const ids = fc.array(anyId, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(ids, ids, (a, b) => {
      const key = idempotencyKey(a)
      expect(validHeader('idempotency-key', key)).toBeUndefined()
      expect(key).toMatch(/^[!-~]{0,200}$/)
      expect(idempotencyKey([...a])).toBe(key)
      const same = a.length === b.length && a.every((id, i) => id === b[i])
      expect(idempotencyKey(b) === key).toBe(same)
    }),
    { numRuns: 1_000 },
  )
})

test('a single id of one character more or less is another key, and the parts of ids do not run together', () => {
  expect(idempotencyKey(['ab', 'c'])).not.toBe(idempotencyKey(['a', 'bc']))
  fc.assert(fc.property(anyId, id => idempotencyKey([id]) !== idempotencyKey([`${id}x`])))
})

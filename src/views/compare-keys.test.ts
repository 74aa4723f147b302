import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareKeys } from './compare-keys.js'

describe('compareKeys', () => {
  it('puts 2 before 10', () => {
    expect(['["mote",10]', '["mote",2]', '["mote",1]'].sort(compareKeys)).toEqual(['["mote",1]', '["mote",2]', '["mote",10]'])
  })

  it('is a total order', () => {
    const key = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[a0-9]{1,5}$/))
    fc.assert(
      fc.property(key, key, key, (a, b, c) => {
        expect(Math.sign(compareKeys(a, b))).toBe(-Math.sign(compareKeys(b, a)) || 0)
        expect(compareKeys(a, b) === 0).toBe(a === b)
        if (compareKeys(a, b) <= 0 && compareKeys(b, c) <= 0) expect(compareKeys(a, c)).toBeLessThanOrEqual(0)
      }),
    )
  })
})

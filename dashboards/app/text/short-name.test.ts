import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortName } from './short-name.js'
import { shownText } from './shown-text.js'

test('short names stay; of long ones both ends are told', () => {
  expect(shortName('mote 1', 20)).toBe('mote 1')
  expect(shortName('pump-house-west/line-7/temperature-3', 20)).toBe('pump-house-…rature-3')
  expect(shortName('🌡🌡🌡🌡🌡🌡', 4)).toBe('🌡🌡…🌡')
})

test('no name is longer than it may be, and none loses its ends', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 4, max: 40 }), (name, most) => {
      const short = [...shortName(name, most)]
      expect(short.length).toBeLessThanOrEqual(most)
      expect(short[0]).toBe([...shownText(name)][0])
      expect(short.at(-1)).toBe([...shownText(name)].at(-1))
    }),
  )
})

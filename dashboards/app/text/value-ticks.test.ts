import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { valueTicks } from './value-ticks.js'

describe('the words of a value axis', () => {
  test.each([
    [[25, 30, 35], '°C', ['25°', '30°', '35°']],
    [[0, 50, 100], '%', ['0 %', '50 %', '100 %']],
    [[4.05, 4.1, 4.15], 'bar', ['4.05', '4.10', '4.15']],
    [[0, 0.25, 0.5], undefined, ['0.00', '0.25', '0.50']],
    [[1013.2, 1013.25, 1013.3], 'hPa', ['1,013.20', '1,013.25', '1,013.30']],
    [[-2000, 0, 2000], undefined, ['-2,000', '0', '2,000']],
    [[8e-10, 1e-9, 1.2e-9], 'A', ['0.8×10⁻⁹', '1.0×10⁻⁹', '1.2×10⁻⁹']],
    [[0, 5e-7], 'A', ['0', '5×10⁻⁷']],
    [[1e12, 1.0025e12], 'Hz', ['1.0000×10¹²', '1.0025×10¹²']],
    [[7], undefined, ['7']],
    [[], undefined, []],
  ])('%j %s', (ticks, unit, words) => {
    expect(valueTicks(ticks, unit)).toEqual(words)
  })

  test('no two ticks of an axis read the same, and none carries noise of the arithmetic', () => {
    const step = fc.tuple(fc.constantFrom(1, 2, 2.5, 5), fc.integer({ min: -12, max: 12 })).map(([m, e]) => Number(`${m}e${e}`))
    fc.assert(
      fc.property(step, fc.integer({ min: -500, max: 500 }), fc.integer({ min: 2, max: 9 }), (by, first, many) => {
        const words = valueTicks(
          Array.from({ length: many }, (_, i) => (first + i) * by),
          undefined,
        )
        expect(new Set(words).size).toBe(many)
        for (const word of words) expect(word.length).toBeLessThanOrEqual(15)
      }),
    )
  })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WindowGrid } from '../store/window-grid.js'
import { othersBand } from './others-band.js'

test('is the range of all values of the others in each slot', () => {
  const row = fc.record({ time: fc.integer({ min: 0, max: 9 }), key: fc.constantFrom('a', 'b', 'c'), value: fc.integer() })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), fc.integer({ min: 0, max: 9 }), (rows, from) => {
      const grid = new WindowGrid(1)
      const newest = new Map<string, (typeof rows)[number]>()
      for (const one of rows) {
        grid.put(one.time, one.key, one.key, [one.value], true, one.time)
        newest.set(`${one.time} ${one.key}`, one)
      }
      const begin = grid.slotFrom(from)
      const others = [...grid.keys.values()].filter(({ key }) => key !== 'a')
      const band = othersBand(grid, others, 0, begin)
      expect(band?.count ?? 0).toBe(others.length)
      for (let slot = begin; band && slot < grid.length; slot++) {
        const values = [...newest.values()].filter(({ time, key }) => time === grid.time(slot) && key !== 'a').map(({ value }) => value)
        const expected = values.length === 0 ? [Number.NaN, Number.NaN] : [Math.min(...values), Math.max(...values)]
        expect([band.lows[slot - begin], band.highs[slot - begin]]).toEqual(expected)
      }
    }),
  )
})

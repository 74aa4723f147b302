import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowsHeld } from './rows-held.js'

test.each([
  ['an earlier entry', { entry: 6, ordinal: 900 }, 5, { entry: 7, ordinal: 0, rows: 1 }, 5],
  ['a later entry', { entry: 8, ordinal: 0 }, 5, { entry: 7, ordinal: 900, rows: 9 }, 0],
  ['the output itself', { entry: 7, ordinal: 3 }, 5, { entry: 7, ordinal: 3, rows: 5 }, 5],
  ['the output itself, by its place alone', { entry: 7, ordinal: 3 }, 5, { entry: 7, ordinal: 3 }, 5],
  ['one before it, by its place alone', { entry: 7, ordinal: 0 }, 3, { entry: 7, ordinal: 3 }, 3],
  ['one behind it, by its place alone', { entry: 7, ordinal: 4 }, 3, { entry: 7, ordinal: 3 }, 0],
  ['a longer one, that was several', { entry: 7, ordinal: 0 }, 100, { entry: 7, ordinal: 64, rows: 20 }, 84],
  ['a longer one, by a place within it: up to the row there', { entry: 7, ordinal: 0 }, 100, { entry: 7, ordinal: 64 }, 65],
  ['a longer one that began at the same place', { entry: 7, ordinal: 0 }, 100, { entry: 7, ordinal: 0, rows: 64 }, 64],
  ['a shorter one within it', { entry: 7, ordinal: 64 }, 10, { entry: 7, ordinal: 0, rows: 100 }, 10],
] as const)('%s', (_, position, rows, held, expected) => {
  expect(rowsHeld(position, rows, held)).toBe(expected)
})

test('whatever the cuts were, and are now: the rows before the end of what is held', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(cuts, cuts, fc.nat(), (were, are, pick) => {
      const last = pick % were.length
      const ordinal = were.slice(0, last).reduce((sum, n) => sum + n, 0)
      const end = ordinal + were[last]!
      let at = 0
      for (const rows of are) {
        const held = Array.from({ length: rows }, (_, i) => at + i).filter(row => row < end).length
        expect(rowsHeld({ entry: 1, ordinal: at }, rows, { entry: 1, ordinal, rows: were[last]! })).toBe(held)
        at += rows
      }
    }),
  )
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alignRows } from './align-rows.js'

/** The length of a longest common subsequence, straight from its definition. */
const longest = (a: readonly number[], b: readonly number[]): number => {
  if (a.length === 0 || b.length === 0) return 0
  if (a[0] === b[0]) return 1 + longest(a.slice(1), b.slice(1))
  return Math.max(longest(a.slice(1), b), longest(a, b.slice(1)))
}
const likeness = (a: number, b: number): number => (a === b ? 1 : a % 10 === b % 10 ? 0.5 : 0)
const list = fc.array(fc.constantFrom(1, 2, 3, 11, 12, 21), { maxLength: 7 })

describe('alignRows', () => {
  it('keeps both sides whole and in order, with as many equal rows in line as there can be', () => {
    fc.assert(
      fc.property(list, list, (actual, expected) => {
        const rows = alignRows(actual, expected, likeness)
        expect(rows.flatMap(row => ('actual' in row ? [row.actual] : []))).toEqual(actual)
        expect(rows.flatMap(row => ('expected' in row ? [row.expected] : []))).toEqual(expected)
        expect(rows.filter(({ same }) => same)).toHaveLength(longest(actual, expected))
        for (const row of rows) expect(row.same).toBe('actual' in row && 'expected' in row && row.actual === row.expected)
      }),
    )
  })

  it('pairs what is most alike', () => {
    expect(alignRows([12, 30], [2, 11, 30], likeness)).toEqual([
      { actual: 12, expected: 2, same: false },
      { expected: 11, same: false },
      { actual: 30, expected: 30, same: true },
    ])
  })

  it('goes place by place where the lists are too long', () => {
    const many = Array.from({ length: 3_000 }, (_, i) => i)
    const rows = alignRows(many, many.slice(1), likeness)
    expect(rows).toHaveLength(3_000)
    expect(rows.at(-1)).toEqual({ actual: 2_999, same: false })
  })
})

import { AssertionError } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ExpectRowsOptions, expectRows } from './expect-rows.js'

type Row = Readonly<Record<string, unknown>>

function refusal(actual: readonly Row[], expected: readonly Row[], options?: ExpectRowsOptions): string {
  try {
    expectRows(actual, expected, options)
  } catch (error) {
    expect(error).toBeInstanceOf(AssertionError)
    return (error as Error).message
  }
  throw new Error('the rows were taken to be the same')
}

const cell = fc.oneof(fc.integer(), fc.constantFrom('a', 'b', ''), fc.boolean(), fc.constant(null))
const rows = fc.array(fc.record({ room: fc.constantFrom('hall', 'attic'), n: fc.nat(5), more: cell }), { maxLength: 12 })

describe('expectRows', () => {
  it('shows what differs as a table', () => {
    const end = Date.UTC(2024, 0, 1, 0, 1)
    const actual = [
      { room: 'attic', mean: 30, window_end: end, n: 1 },
      { room: 'hall', mean: 21.5, window_end: end, n: 2 },
      { room: 'shed', mean: 3, window_end: end, n: 9 },
    ]
    const expected = [
      { room: 'attic', mean: 30, window_end: '2024-01-01T00:01:00Z' },
      { room: 'cellar', mean: 12, window_end: new Date(end) },
      { room: 'hall', mean: 21, window_end: '2024-01-01T00:02:00Z' },
      { room: 'shed', mean: 3, window_end: end },
    ]
    expect(refusal(actual, expected)).toBe(`3 rows, expected 4; 2 differ  (- missing, + unexpected, ≠ changed)
    room    mean                window_end
    attic   30                  2024-01-01T00:01:00Z
  - cellar  12                  2024-01-01T00:01:00Z
  ≠ hall    21.5 (expected 21)  2024-01-01T00:01:00Z (expected 2024-01-01T00:02:00Z)
    shed    3                   2024-01-01T00:01:00Z
`)
  })

  it('names columns that no row has', () => {
    expect(
      refusal([{ room: 'hall', mean: 1 }], [{ room: 'hall', maen: 1, n: 2 }])
        .split('\n')
        .slice(-3),
    ).toEqual(['  no row has `maen`: did you mean `mean`?', '  no row has `n`: there are room, mean', ''])
    expect(refusal([], [{ room: 'hall' }])).not.toContain('no row has')
  })

  it('leaves equal rows far from any difference out', () => {
    const many = Array.from({ length: 100 }, (_, n) => ({ n }))
    const message = refusal(many, [...many.slice(0, 50), { n: -1 }, ...many.slice(51)])
    expect(message).toBe(`100 rows, expected 100; 1 differs  (- missing, + unexpected, ≠ changed)
    n
  … 48 more rows
    48
    49
  ≠ 50 (expected -1)
    51
    52
  … 47 more rows
`)
  })

  it('takes numbers within the tolerance, which is relative beyond 1', () => {
    expectRows([{ x: 0.1 + 0.2 }], [{ x: 0.3 }])
    expect(refusal([{ x: 0.1 + 0.2 }], [{ x: 0.3 }], { tolerance: 0 })).toContain('0.30000000000000004 (expected 0.3)')
    expectRows([{ x: 1_000_001 }], [{ x: 1_000_000 }], { tolerance: 1e-5 })
    refusal([{ x: 1.1 }], [{ x: 1 }], { tolerance: 1e-5 })
    expectRows([{ x: Number.NaN, y: [1, 2] }], [{ x: Number.NaN, y: [1, 2 + 1e-12] }])
    refusal([{ x: 1 }], [{ x: '1' }])
  })

  it('compares all columns where asked, and rows in any order', () => {
    expectRows([{ a: 1, b: 2 }], [{ a: 1 }])
    expect(refusal([{ a: 1, b: 2 }], [{ a: 1 }], { moreColumns: false })).toContain('2 (expected (none))')
    refusal([{ a: 1 }, { a: 2 }], [{ a: 2 }, { a: 1 }])
    expectRows([{ a: 1 }, { a: 2 }], [{ a: 2 }, { a: 1 }], { order: 'any' })
    refusal([{ a: 1 }], [])
    expectRows([], [])
  })

  it('takes any rows for themselves, and no others for them', () => {
    fc.assert(
      fc.property(rows, rows, (one, other) => {
        expectRows(one, one)
        expectRows(one, one, { moreColumns: false })
        expectRows(one, [...one].reverse(), { order: 'any' })
        if (JSON.stringify(one) === JSON.stringify(other)) return
        const message = refusal(one, other)
        // What is told is enough to get from the one to the other: as many rows stand on each side as there are.
        const marks = [...message.matchAll(/^ {2}([ ≠+-]) /gm)].map(([, mark]) => mark).slice(1)
        const left = [...message.matchAll(/… (\d+) more/g)].reduce((sum, [, n]) => sum + Number(n), 0)
        expect(marks.filter(mark => mark !== '-').length + left).toBe(one.length)
        expect(marks.filter(mark => mark !== '+').length + left).toBe(other.length)
      }),
    )
  })

  it('points at the line that expects', () => {
    try {
      expectRows([{ a: 1 }], [{ a: 2 }])
    } catch (error) {
      expect((error as Error).stack).toMatch(/^\s+at .*expect-rows\.test\.ts/m)
      expect((error as Error).stack).not.toMatch(/at .*expect-rows\.ts/)
    }
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SlicePace } from './slice-pace.js'

/** Works through so many items, each of which takes so many ms; gives the ms of each slice. */
function work(pace: SlicePace, items: number, cost: (item: number) => number): number[] {
  const slices: number[] = []
  for (let from = 0; from < items; ) {
    const to = Math.min(items, from + pace.size)
    let ms = 0
    for (let i = from; i < to; i++) ms += cost(i)
    pace.took(to - from, ms)
    slices.push(ms)
    from = to
  }
  return slices
}

describe('a slice', () => {
  test.each([0.1, 3, 50])(
    'of items that take %s ms keeps the loop for less than half a second, then hardly for longer than an item',
    cost => {
      const slices = work(new SlicePace(4_096), 4_096, () => cost)
      expect(slices[0]).toBeLessThan(8 * cost + 0.001)
      expect(Math.max(...slices.slice(1))).toBeLessThan(Math.max(cost, 4) + 0.001)
    },
  )

  test('of cheap items is as long as it may be, after five others', () => {
    const pace = new SlicePace(4_096)
    expect(work(pace, 100_000, () => 0.0003).length).toBeLessThanOrEqual(Math.ceil(100_000 / 4_096) + 5)
    expect(pace.size).toBe(4_096)
  })

  test('that took longer than its items explain costs the next ones little', () => {
    const pace = new SlicePace(4_096)
    work(pace, 20_000, () => 0.0003)
    pace.took(1, 80)
    expect(pace.size).toBe(1)
    expect(work(pace, 4_096, () => 0.0003).length).toBeLessThanOrEqual(7)
  })

  test('has one item or more, and never more than it may', () => {
    const slice = fc.tuple(fc.nat(5_000), fc.double({ min: 0, max: 1e6, noNaN: true }))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.array(slice), (most, slices) => {
        const pace = new SlicePace(most)
        for (const [items, ms] of slices) {
          pace.took(items, ms)
          expect(pace.size).toBeGreaterThanOrEqual(1)
          expect(pace.size).toBeLessThanOrEqual(most)
        }
      }),
    )
  })
})

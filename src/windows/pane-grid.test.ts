import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PaneGrid } from './pane-grid.js'

const plans = fc
  .record({ size: fc.integer({ min: 1, max: 500 }), every: fc.integer({ min: 1, max: 500 }), offset: fc.integer({ min: -499, max: 499 }) })
  .map(({ size, every, offset }) => ({
    kind: 'hopping' as const,
    size,
    every: Math.min(every, size),
    offset: offset % Math.min(every, size),
  }))
const times = fc.oneof(fc.integer({ min: -2_000, max: 2_000 }), fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_999 }))

describe('PaneGrid', () => {
  it('floors towards the past before 1970, where a remainder would not', () => {
    const grid = new PaneGrid({ kind: 'tumbling', size: 5_000, every: 5_000, offset: 0 })
    expect([-1, -5_000, -5_001, 0, 4_999, 5_000].map(t => grid.windowStart(grid.lastWindow(grid.paneOf(t))))).toEqual([
      -5_000, -5_000, -10_000, 0, 0, 5_000,
    ])
  })

  it('puts every time into one pane, and panes into exactly the windows that contain it', () => {
    fc.assert(
      fc.property(plans, times, (plan, time) => {
        const grid = new PaneGrid(plan)
        const pane = grid.paneOf(time)
        expect(grid.paneStart(pane)).toBeLessThanOrEqual(time)
        expect(grid.paneEnd(pane)).toBeGreaterThan(time)
        const first = grid.firstWindow(pane)
        const last = grid.lastWindow(pane)
        const contains = (window: number) => grid.windowStart(window) <= time && time < grid.windowStart(window) + plan.size
        for (let window = first - 2; window <= last + 2; window++) {
          expect(contains(window)).toBe(window >= first && window <= last)
          expect(grid.firstPane(window) <= pane && pane <= grid.lastPane(window)).toBe(contains(window))
        }
        expect(grid.paneStart(grid.firstPane(first))).toBe(grid.windowStart(first))
        expect(grid.paneEnd(grid.lastPane(first))).toBe(grid.windowEnd(first))
      }),
      { numRuns: 500 },
    )
  })

  it('finds the first window that ends after a watermark', () => {
    fc.assert(
      fc.property(plans, times, (plan, watermark) => {
        const grid = new PaneGrid(plan)
        const window = grid.firstWindowAfter(watermark)
        expect(grid.windowEnd(window) - 1).toBeGreaterThan(watermark)
        expect(grid.windowEnd(window - 1) - 1).toBeLessThanOrEqual(watermark)
      }),
    )
    const grid = new PaneGrid({ kind: 'tumbling', size: 5, every: 5, offset: 0 })
    expect([grid.firstWindowAfter(-Infinity), grid.firstWindowAfter(Infinity)]).toEqual([-Infinity, Infinity])
  })
})

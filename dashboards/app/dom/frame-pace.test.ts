import { describe, expect, test } from 'vitest'
import { FramePace } from './frame-pace.js'

const pauseAfter = (...costs: readonly number[]): number => {
  const pace = new FramePace()
  for (const ms of costs) pace.spent(ms)
  return pace.pause
}
const many = (ms: number): readonly number[] => Array.from({ length: 60 }, () => ms)

describe('the pause between two frames', () => {
  test('is a tenth of a second while frames are cheap', () => expect(pauseAfter(...many(4))).toBe(100))

  test.each([
    [10, 250],
    [20, 500],
    [30, 750],
    [40, 1000],
    [500, 1000],
  ])('of %d ms each is %d ms: a twenty-fifth of the time, once a second at least', (cost, pause) =>
    expect(pauseAfter(...many(cost))).toBeCloseTo(pause, 0),
  )

  test('grows a little by one slow frame, and is what it was soon after', () => {
    expect(pauseAfter(...many(3), 40)).toBeLessThan(300)
    expect(pauseAfter(...many(3), 40, 3, 3, 3, 3)).toBeLessThan(160)
  })

  test('frames of all kinds take their share of the time', () => {
    const pace = new FramePace()
    let [spent, passed] = [0, 0]
    for (let i = 0; i < 10_000; i++) {
      const cost = [2, 2, 35, 8][i % 4]!
      pace.spent(cost)
      spent += cost
      passed += Math.max(cost, pace.pause)
    }
    expect(spent / passed).toBeGreaterThan(0.036)
    expect(spent / passed).toBeLessThan(0.044)
  })
})

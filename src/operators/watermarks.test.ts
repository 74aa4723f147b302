import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Watermarks } from './watermarks.js'

const time = (origin: number, watermark: number, idle = false) => ({ origin, watermark, idle })

describe('Watermarks', () => {
  it('waits for all origins that have spoken and follows the slowest', () => {
    const valve = new Watermarks()
    expect(valve.combined).toBe(-Infinity)
    expect(valve.update(time(1, -Infinity))).toBe(-Infinity)
    expect(valve.update(time(2, 10))).toBe(-Infinity)
    expect(valve.update(time(1, 5))).toBe(5)
    expect(valve.update(time(1, 4))).toBe(5)
    expect(valve.update(time(1, 20))).toBe(10)
    // A newcomer holds time back, but never turns it back.
    expect(valve.update(time(3, 1))).toBe(10)
    expect(valve.update(time(2, 30))).toBe(10)
    expect(valve.update(time(3, 15))).toBe(15)
  })

  it('is not held back by idle origins, and follows the fastest when all are idle', () => {
    const valve = new Watermarks()
    valve.update(time(1, 5))
    valve.update(time(2, 50))
    expect([valve.update(time(1, 5, true)), valve.idle]).toEqual([50, false])
    expect([valve.update(time(2, 50, true)), valve.idle]).toEqual([50, true])
    expect([valve.update(time(1, 60, true)), valve.idle]).toEqual([60, true])
    expect([valve.update(time(2, 55, false)), valve.idle]).toEqual([60, false])
    expect(valve.update(time(2, Infinity))).toBe(Infinity)
  })

  it('never falls, and is the same after a restart at any point', () => {
    const step = fc.tuple(fc.nat(3), fc.oneof(fc.integer({ min: -50, max: 50 }), fc.constant(-Infinity)), fc.boolean())
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(40), (steps, restartAt) => {
        const one = new Watermarks()
        let other = new Watermarks()
        for (const [i, [origin, watermark, idle]] of steps.entries()) {
          if (i === restartAt) {
            const state = structuredClone(other.snapshot())
            other = new Watermarks()
            other.restore(state)
          }
          const before = one.combined
          const now = one.update(time(origin, watermark, idle))
          expect(now).toBeGreaterThanOrEqual(before)
          expect([other.update(time(origin, watermark, idle)), other.idle]).toEqual([now, one.idle])
        }
      }),
    )
  })
})

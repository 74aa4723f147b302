import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SentWindow } from './sent-window.js'

describe('SentWindow', () => {
  it('holds what a map holds, in whatever order it is settled', () => {
    // What is to be sent between two settlements, and which of those that wait is settled then (0: the oldest, 1: the newest).
    const steps = fc.array(fc.tuple(fc.nat(200), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(200)), { maxLength: 40 })
    // Of a session with receivers whose messages go out settled, not all ids are added.
    const gaps = fc.array(fc.constantFrom(1, 1, 1, 2, 63, 64, 200), { minLength: 1 })
    fc.assert(
      fc.property(steps, fc.constantFrom(0, 2 ** 31 - 100, 2 ** 32 - 100), gaps, (turns, first, steps) => {
        const window = new SentWindow<{ readonly id: number; readonly text: string }>()
        const oracle = new Map<number, string>()
        let next = first
        for (const [sent, which, settled] of turns) {
          for (let i = 0; i < sent; i++) {
            const one = { id: next, text: `message ${next}` }
            window.add(one)
            oracle.set(one.id, one.text)
            next = (next + steps[i % steps.length]!) >>> 0
          }
          for (let i = 0; i < settled && oracle.size > 0; i++) {
            const id = [...oracle.keys()][Math.round(which * (oracle.size - 1))]!
            expect(window.take(id)?.text).toBe(oracle.get(id))
            oracle.delete(id)
            expect(window.take(id)).toBeUndefined()
          }
          expect(window.size).toBe(oracle.size)
          expect(new Set(window.all().map(({ id }) => id))).toEqual(new Set(oracle.keys()))
        }
        expect(window.take(next)).toBeUndefined()
      }),
      { numRuns: 100 },
    )
  })

  it('keeps its places where one message is never settled', () => {
    const window = new SentWindow<{ readonly id: number }>()
    for (let id = 0; id < 100_000; id++) {
      window.add({ id })
      if (id % 1000 > 0) expect(window.take(id)).toBeDefined()
    }
    expect(window.size).toBe(100)
    expect(window.take(7_000)?.id).toBe(7_000)
    expect(window.size).toBe(99)
  })
})

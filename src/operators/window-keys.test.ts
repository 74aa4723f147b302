import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WindowKeys } from './window-keys.js'

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      end: fc.nat(4),
      key: fc.constantFrom('["a"]/0/5', '["ü"]/0/5', '', ...'bcdefghijklmnopqrstuvwxyz'),
      value: fc.nat(3),
    }),
  },
  { weight: 2, arbitrary: fc.record({ forget: fc.nat(8) }) },
)

describe('WindowKeys', () => {
  it('agrees with a Map, restored at any point from a copy that later steps do not change', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.uniqueArray(fc.nat(80)), (steps, restarts) => {
        let keys = new WindowKeys()
        const known = new Map<string, number>()
        const ends = new Set<number>()
        for (const [number, one] of steps.entries()) {
          if (restarts.includes(number)) {
            const state = keys.snapshot()
            const then = structuredClone(state)
            keys.set(0, 'a later one', 9)
            keys.set(1, '', 9)
            expect(state).toEqual(then)
            keys = new WindowKeys()
            keys.restore(then)
          }
          if ('forget' in one) {
            keys.forget(one.forget, 3)
            for (const end of ends) {
              if (end + 2 > one.forget) continue
              ends.delete(end)
              for (const name of known.keys()) if (name.startsWith(`${end} `)) known.delete(name)
            }
            continue
          }
          ends.add(one.end)
          expect(keys.get(one.end, one.key)).toBe(known.get(`${one.end} ${one.key}`) ?? 0)
          keys.set(one.end, one.key, one.value)
          known.set(`${one.end} ${one.key}`, one.value)
          for (const [name, value] of known) {
            const at = name.indexOf(' ')
            expect(keys.get(Number(name.slice(0, at)), name.slice(at + 1))).toBe(value)
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  it('remembers numbers beyond 32 bits, as merges of many inputs need', () => {
    const keys = new WindowKeys()
    keys.set(10, 'a', 2 ** 49 + 1)
    const other = new WindowKeys()
    other.restore(keys.snapshot())
    expect(other.get(10, 'a')).toBe(2 ** 49 + 1)
  })
})

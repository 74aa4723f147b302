import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { presettled, Segment } from '../../src/connector/segment.js'
import type { Outcome } from '../../src/connector/source.js'
import { Ledger } from './ledger.js'

const segment = (ids: readonly number[]): Segment => {
  const made = new Segment(16)
  for (const id of ids) made.append(Uint8Array.of(1), id)
  return made
}

const kinds: readonly Outcome[] = [
  { outcome: 'accepted' },
  { outcome: 'released' },
  { outcome: 'rejected', condition: 'x', description: 'y' },
  { outcome: 'modified', deliveryFailed: true },
]

describe('Ledger', () => {
  test('one range for everything accepted, over the end of the serial numbers too', () => {
    const ledger = new Ledger()
    ledger.add(1, segment([0xffff_fffe, 0xffff_ffff]))
    ledger.add(2, segment([0, 1]))
    expect(ledger.settle(2)).toEqual([{ first: 0xffff_fffe, last: 1, outcome: { outcome: 'accepted' } }])
    expect(ledger.unsettled).toBe(0)
  })

  test('every delivery gets exactly the outcome that was meant for it', () => {
    const message = fc.record({ owed: fc.boolean(), kind: fc.nat(3) })
    fc.assert(
      fc.property(fc.array(fc.array(message, { minLength: 1, maxLength: 6 }), { maxLength: 6 }), fc.nat(7), (chunks, through) => {
        const ledger = new Ledger()
        const expected = new Map<number, string>()
        const exceptions: { receipt: number; index: number; outcome: Outcome }[] = []
        let id = 100
        chunks.forEach((messages, c) => {
          const base = id
          id += messages.length
          const ids = messages.map(({ owed }, i) => (owed ? base + i : presettled))
          ledger.add(c + 1, segment(ids))
          messages.forEach(({ kind }, index) => {
            if (c + 1 > through) return
            if (kind > 0) exceptions.push({ receipt: c + 1, index, outcome: kinds[kind]! })
            if (ids[index] !== presettled) expected.set(ids[index]!, kinds[kind]!.outcome)
          })
        })
        const told = new Map<number, string>()
        for (const { first, last, outcome } of ledger.settle(through, exceptions)) {
          for (let i = first; i <= last; i++) {
            expect(told.has(i)).toBe(false)
            told.set(i, outcome.outcome)
          }
        }
        for (const [delivery, outcome] of expected) expect(told.get(delivery)).toBe(outcome)
        const rest = ledger.release().flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i))
        for (const delivery of rest) expect(told.has(delivery)).toBe(false)
        expect(ledger.unsettled).toBe(0)
      }),
    )
  })
})

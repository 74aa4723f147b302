import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDictionary } from './dictionary.js'

const encoder = new TextEncoder()

describe('createDictionary', () => {
  it('gives one id for a text and its bytes, dense from 0', () => {
    const dictionary = createDictionary()
    const bytes = encoder.encode('--Küche--')
    expect(dictionary.internBytes(bytes, 2, bytes.length - 2)).toBe(0)
    expect(dictionary.intern('Küche')).toBe(0)
    expect(dictionary.intern('')).toBe(1)
    expect(dictionary.internBytes(bytes, 3, 3)).toBe(1)
    expect([dictionary.text(0), dictionary.text(1), dictionary.size]).toEqual(['Küche', '', 2])
  })

  it('copies the bytes that it was given', () => {
    const dictionary = createDictionary()
    const bytes = encoder.encode('abc')
    const id = dictionary.internBytes(bytes, 0, 3)
    bytes.fill(120)
    expect(dictionary.text(id)).toBe('abc')
    expect(dictionary.intern('abc')).toBe(id)
  })

  it('takes a text of any length, in any script, from its first use on', () => {
    const dictionary = createDictionary()
    const texts = ['kitchen', `Süd ${'x'.repeat(40)}`, `Süd ${'y'.repeat(100)}`, `${'日本'.repeat(500)}`]
    const ids = texts.map(text => dictionary.intern(text))
    expect(ids).toEqual([0, 1, 2, 3])
    expect(ids.map(id => dictionary.text(id))).toEqual(texts)
    for (const [id, text] of texts.entries()) expect(dictionary.internBytes(encoder.encode(text), 0, encoder.encode(text).length)).toBe(id)
  })

  it('frees what nobody kept, and gives the lowest id again', () => {
    const dictionary = createDictionary()
    for (const text of ['a', 'b', 'c', 'd']) dictionary.intern(text)
    dictionary.retain(1)
    dictionary.sweep()
    expect(dictionary.text(1)).toBe('b')
    expect([dictionary.intern('x'), dictionary.intern('b'), dictionary.intern('y')]).toEqual([0, 1, 2])
    dictionary.release(1)
    dictionary.retain(0)
    dictionary.sweep()
    expect([dictionary.intern('x'), dictionary.intern('z')]).toEqual([0, 1])
  })

  it('agrees with a Map under random interning, keeping, sweeping and restoring', () => {
    const step = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          do: fc.constant('intern' as const),
          text: fc.oneof(
            { weight: 9, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }) },
            { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 20, maxLength: 120, size: 'max' }) },
          ),
          bytes: fc.boolean(),
          keep: fc.boolean(),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), nth: fc.nat(50) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const) }) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), steps => {
        let dictionary = createDictionary()
        const known = new Map<string, number>()
        const kept: string[] = []
        for (const s of steps) {
          if (s.do === 'intern') {
            const bytes = encoder.encode(s.text)
            const id = s.bytes ? dictionary.internBytes(bytes, 0, bytes.length) : dictionary.intern(s.text)
            expect(id).toBe(known.get(s.text) ?? id)
            for (const [text, other] of known) if (other === id) expect(text).toBe(s.text)
            known.set(s.text, id)
            if (s.keep) {
              dictionary.retain(id)
              kept.push(s.text)
            }
          } else if (s.do === 'release' && kept.length > 0) {
            const [text] = kept.splice(s.nth % kept.length, 1)
            dictionary.release(known.get(text!)!)
          } else if (s.do === 'sweep') {
            dictionary.sweep()
            for (const text of known.keys()) if (!kept.includes(text)) known.delete(text)
          } else if (s.do === 'restore') {
            const before = dictionary
            const state = before.snapshot()
            const then = structuredClone(state)
            dictionary = createDictionary()
            dictionary.restore(then)
            for (const text of kept) dictionary.retain(known.get(text)!)
            // What goes on in the one that was saved is no matter of what was saved.
            before.intern('a text that is new')
            for (const text of kept) before.release(known.get(text)!)
            before.sweep()
            expect(state).toEqual(then)
          }
          for (const [text, id] of known) expect(dictionary.text(id)).toBe(text)
          expect(dictionary.size).toBeGreaterThanOrEqual(known.size)
        }
      }),
      { numRuns: 200 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Column } from '../model/columns.js'
import { valueAt } from '../model/columns.js'
import { createDictionary } from '../model/dictionary.js'
import { KeyTable } from './key-table.js'

const text = (...values: (string | null)[]): Column => ({ type: 'text', form: 'plain', values })
const numbers = (...values: (number | null)[]): Column => ({
  type: 'number',
  values: Float64Array.from(values, value => value ?? 5),
  nulls: Uint8Array.from(values, value => (value === null ? 1 : 0)),
})
const booleans = (...values: boolean[]): Column => ({ type: 'boolean', values: Uint8Array.from(values, Number), nulls: undefined })

function resolve(table: KeyTable, columns: readonly Column[], length: number): number[] {
  const out = new Int32Array(length)
  table.resolve(columns, length, out)
  return [...out]
}

describe('KeyTable', () => {
  it('tells keys apart by all of their parts; null, NaN and both zeros have one identity each', () => {
    const table = new KeyTable(['text', 'number', 'boolean'])
    const columns = [
      text('a', 'a', 'a', null, null, 'a', 'a', 'a'),
      numbers(0, -0, null, null, null, Number.NaN, Number.NaN, 0),
      booleans(true, true, true, true, true, false, false, false),
    ]
    const keys = resolve(table, columns, 8)
    expect(keys[1]).toBe(keys[0])
    expect(keys[4]).toBe(keys[3])
    expect(keys[6]).toBe(keys[5])
    expect(new Set(keys).size).toBe(5)
    const back = table.columns(Int32Array.from(keys), 8)
    expect(back.map(column => [2, 3, 5].map(i => valueAt(column, i)))).toEqual([
      ['a', null, 'a'],
      [null, null, Number.NaN],
      [true, true, false],
    ])
  })

  it('has one key where nothing is grouped by', () => {
    const table = new KeyTable([])
    expect([resolve(table, [], 3), table.size, table.columns(Int32Array.of(0), 1)]).toEqual([[0, 0, 0], 1, []])
  })

  it('refuses lists', () => {
    expect(() => new KeyTable(['list'])).toThrow(expect.objectContaining({ code: 'MR194' }))
  })

  it('keeps ids few while keys come and go', () => {
    const table = new KeyTable(['text', 'number'])
    for (let round = 0; round < 50; round++) {
      table.sweep()
      const keys = resolve(table, [text(`a${round}`, `b${round}`), numbers(round, round)], 2)
      for (const key of keys) table.retain(key)
      expect([table.live, table.size]).toEqual([2, 2])
      for (const key of keys) table.release(key)
    }
    expect([table.live, table.size]).toEqual([0, 0])
  })

  it('holds the ids of a shared dictionary only while their keys live', () => {
    const dictionary = createDictionary()
    const column = (...values: string[]): Column => ({
      type: 'text',
      form: 'dictionary',
      dictionary,
      ids: Int32Array.from(values, value => dictionary.intern(value)),
    })
    const table = new KeyTable(['text'])
    const [a, b] = resolve(table, [column('a', 'b')], 2)
    table.retain(a!)
    table.retain(b!)
    dictionary.sweep()
    expect(dictionary.intern('c')).toBe(2)
    table.release(a!)
    table.sweep()
    dictionary.sweep()
    // Id 0 of the dictionary now means another text, and the table must not take it for 'a'.
    const column2 = column('x', 'b', 'a')
    expect((column2 as { ids: Int32Array }).ids[0]).toBe(0)
    const keys = resolve(table, [column2], 3)
    expect(keys[1]).toBe(b)
    const back = table.columns(Int32Array.from(keys), 3)[0]!
    expect([0, 1, 2].map(i => valueAt(back, i))).toEqual(['x', 'b', 'a'])
  })

  it('takes one text from many dictionaries for one key', () => {
    const table = new KeyTable(['text'])
    const keys = Array.from({ length: 40 }, (_, i) => {
      const dictionary = createDictionary()
      for (let n = 0; n < i; n++) dictionary.intern(`other-${n}`)
      const ids = Int32Array.of(dictionary.intern('a'))
      const [key] = resolve(table, [{ type: 'text', form: 'dictionary', dictionary, ids }], 1)
      table.retain(key!)
      return key
    })
    expect(new Set(keys).size).toBe(1)
  })

  it('is the same after a restore: values, ids, and which ids are free', () => {
    const types = ['text', 'number', 'boolean'] as const
    const rows = fc.array(
      fc.record({
        t: fc.option(fc.constantFrom('', 'a', 'bb', 'ü', 'a longer one')),
        n: fc.option(fc.constantFrom(-0, 0, 1.5, Number.NaN)),
        b: fc.boolean(),
      }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 12 }), fc.nat(12), (all, restoreAt) => {
        const one = new KeyTable(types)
        let other = new KeyTable(types)
        const held: number[][] = []
        for (const [i, some] of all.entries()) {
          if (i === restoreAt) {
            const state = other.snapshot()
            const copy = structuredClone(state)
            const restored = new KeyTable(types)
            restored.restore(copy)
            for (const keys of held) for (const key of keys) restored.retain(key)
            expect(restored.snapshot()).toEqual(state)
            for (const keys of held) for (const key of keys) other.release(key)
            other.sweep()
            // What is saved is a copy.
            expect(state).toEqual(copy)
            other = restored
          }
          for (const table of [one, other]) table.sweep()
          const columns = [text(...some.map(row => row.t)), numbers(...some.map(row => row.n)), booleans(...some.map(row => row.b))]
          const keys = resolve(one, columns, some.length)
          expect(resolve(other, columns, some.length)).toEqual(keys)
          held.push(keys)
          for (const table of [one, other]) for (const key of keys) table.retain(key)
          if (held.length > 2) for (const key of held.shift()!) for (const table of [one, other]) table.release(key)
          expect([other.live, other.size]).toEqual([one.live, one.size])
          for (const ids of held) {
            const values = (table: KeyTable) =>
              table.columns(Int32Array.from(ids), ids.length).map(column => ids.map((_, at) => valueAt(column, at)))
            expect(values(other)).toEqual(values(one))
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changedText, compareResults, comparisonText, type ResultRow } from './compare-results.js'

const row = (end: number, n: number, revision = 0, view = 'climate'): ResultRow => ({ view, key: `k${end}`, end, revision, values: { n } })

describe('compareResults', () => {
  it('finds what is lost, changed and there twice, and nothing where results were only added', () => {
    const before = [row(1, 10), row(2, 20), row(3, 30)]
    expect(compareResults(before, [...before, row(4, 40)])).toEqual({ before: 3, after: 4, lost: 0, changed: 0, twice: 0 })
    const after = [row(1, 10), row(3, 31), row(4, 40), row(4, 40)]
    expect(compareResults(before, after)).toEqual({ before: 3, after: 4, lost: 1, changed: 1, twice: 1 })
  })

  it('takes a revision by a late row for no change, and views for themselves', () => {
    expect(compareResults([row(1, 10)], [row(1, 11, 1)])).toMatchObject({ changed: 0 })
    expect(compareResults([row(1, 10), row(1, 5, 0, 'trend')], [row(1, 10)])).toMatchObject({ lost: 1, twice: 0 })
  })

  it('does not judge what lies before the last rows of a view', () => {
    expect(compareResults([row(1, 10), row(2, 20), row(3, 30)], [row(2, 20), row(3, 30)])).toMatchObject({ lost: 0 })
  })

  it('counts exactly the rows that were taken away or altered', () =>
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 2, max: 99 })), fc.func(fc.constantFrom('kept', 'lost', 'changed')), (ends, fate) => {
        const before = ends.map(end => row(end, end))
        const first = row(1, 1)
        const after = before.filter(({ end }) => fate(end) !== 'lost').map(one => (fate(one.end) === 'changed' ? row(one.end, -1) : one))
        const found = compareResults(before, [first, ...after])
        expect(found.lost).toBe(ends.filter(end => fate(end) === 'lost').length)
        expect(found.changed).toBe(ends.filter(end => fate(end) === 'changed').length)
      }),
    ))

  it('says what it found', () => {
    expect(comparisonText({ before: 2, after: 3, lost: 0, changed: 1, twice: 0 })).toBe(
      '2 results before, 3 after: none lost, none twice, 1 changed',
    )
    expect(changedText({ before: 2, after: 3, lost: 0, changed: 0, twice: 0 })).toBe('no result changed')
    expect(changedText({ before: 2, after: 3, lost: 1, changed: 1, twice: 0 })).toBe('2 results changed')
  })
})

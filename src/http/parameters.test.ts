import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { booleanParameter, countParameter, parseTime, readParameters, timeParameter } from './parameters.js'

const now = Date.UTC(2026, 0, 15, 12)

describe('parseTime', () => {
  it('reads any instant as RFC 3339, with any offset, and as ms', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: -720, max: 840 }), (ms, offset) => {
        const two = (n: number) => String(n).padStart(2, '0')
        const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`
        const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1)
        expect(parseTime(`${local}${zone}`, now)).toBe(ms)
        expect(parseTime(`${local}${zone}`.replace('+', ' '), now)).toBe(ms)
        expect(parseTime(String(ms), now)).toBe(ms)
      }),
    )
  })

  it.each([
    ['now', now],
    ['now-15m', now - 900_000],
    ['now+1.5h', now + 5_400_000],
    ['now 1s', now + 1000],
    ['2026-01-15t12:00:00z', now],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['-1', -1],
  ])('%s', (text, ms) => expect(parseTime(text, now)).toBe(ms))

  it.each([
    '',
    'yesterday',
    'now-',
    'now-15',
    'now-15y',
    'now-1.2.3s',
    '2026-01-15',
    '2026-01-15T12:00:00',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-15T25:00:00Z',
    '1e3',
    'NaN',
  ])('refuses %j', text => expect(parseTime(text, now)).toBeUndefined())
})

describe('readParameters', () => {
  const table = { from: timeParameter('a time'), limit: countParameter('rows', 10), final: booleanParameter('closed') }
  const query = (text: string) => readParameters(Object.fromEntries(new URLSearchParams(text)), table, now)

  it('reads what the table has', () => {
    expect(query('from=now&limit=10&final=false')).toEqual({ from: now, limit: 10, final: false })
    expect(query('')).toEqual({})
  })

  it.each(['limit=0', 'limit=11', 'limit=1.5', 'limit=-1', 'limit=', 'final=1', 'final=TRUE', 'from=soon'])('MR507 for %s', text => {
    expect(() => query(text)).toThrow(expect.objectContaining({ code: 'MR507' }))
  })

  it('suggests, and refuses what is given twice', () => {
    expect(() => query('form=now')).toThrow(expect.objectContaining({ code: 'MR506', hint: "did you mean 'from'?" }))
    expect(() => query('__proto__=1')).toThrow(expect.objectContaining({ code: 'MR506' }))
    expect(() => query('constructor=1')).toThrow(expect.objectContaining({ code: 'MR506' }))
    expect(() => readParameters({ limit: ['1', '2'] }, table, now)).toThrow(expect.objectContaining({ code: 'MR507' }))
  })
})

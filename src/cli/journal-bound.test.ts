import { describe, expect, it } from 'vitest'
import { byteText } from './byte-text.js'
import { journalBound } from './journal-bound.js'

describe('journalBound', () => {
  it.each([
    ['1200', { entry: 1200 }],
    ['0', { entry: 0 }],
    ['2026-01-05T08:00:00Z', { time: Date.UTC(2026, 0, 5, 8) }],
    ['2026-01-05T08:00:00.250Z', { time: Date.UTC(2026, 0, 5, 8, 0, 0, 250) }],
    ['2026-01-05T08:00', { time: Date.UTC(2026, 0, 5, 8) }],
    ['2026-01-05 08:00', { time: Date.UTC(2026, 0, 5, 8) }],
    ['2026-01-05T08:00:00+01:00', { time: Date.UTC(2026, 0, 5, 7) }],
    ['2026-01-05T08:00-05:30', { time: Date.UTC(2026, 0, 5, 13, 30) }],
    ['2026-01-05', { time: Date.UTC(2026, 0, 5) }],
  ])('%s', (text, bound) => expect(journalBound('--from', text)).toEqual(bound))

  it('nothing is no bound', () => expect(journalBound('--from', undefined)).toBeUndefined())

  it.each([
    '',
    'yesterday',
    '-3',
    '1.5',
    '2026-13-01',
    '2026-02-30',
    '2026-04-31T10:00Z',
    '2026-01-05T24:00',
    '2026-01-05T25:00',
    '12345678901234567',
    '08:00',
  ])('refuses %j', text => {
    expect(() => journalBound('--to', text)).toThrow(`--to '${text}' is neither an entry nor a time`)
  })
})

describe('byteText', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1.5 * 2 ** 20, '1.5 MiB'],
    [3 * 2 ** 30, '3.0 GiB'],
    [5000 * 2 ** 30, '5000.0 GiB'],
  ])('%d', (bytes, text) => expect(byteText(bytes)).toBe(text))
})

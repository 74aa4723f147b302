import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MillraceError } from '../model/errors/millrace-error.js'
import { rfc3339 } from './rfc3339.js'
import { timePattern } from './time-pattern.js'
import { zoneToUtc } from './zone.js'

const utf8 = new TextEncoder()
const read = (text: string): number => rfc3339(utf8.encode(text), 0, utf8.encode(text).length)
const pattern = (form: string, zone: string, text: string): number =>
  timePattern(form, zone)(utf8.encode(text), 0, utf8.encode(text).length)
const times = fc.date({ min: new Date('0000-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true })

describe('rfc3339', () => {
  it('reads what Date writes', () => {
    fc.assert(
      fc.property(times, time => {
        expect(read(time.toISOString())).toBe(time.getTime())
      }),
      { numRuns: 500 },
    )
  })

  it('reads offsets', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: -1_439, max: 1_439 }), (time, offset) => {
        const two = (value: number) => String(value).padStart(2, '0')
        const sign = offset < 0 ? '-' : '+'
        const local = new Date(time.getTime() + offset * 60_000).toISOString().slice(0, -1)
        expect(read(`${local}${sign}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`)).toBe(time.getTime())
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['2026-01-01T00:00:00Z', Date.UTC(2026, 0)],
    ['2026-01-01t00:00:00z', Date.UTC(2026, 0)],
    ['2026-01-01 00:00:00Z', Date.UTC(2026, 0)],
    ['2026-01-01T00:00:00.1Z', Date.UTC(2026, 0) + 100],
    ['2026-01-01T00:00:00.123999999999Z', Date.UTC(2026, 0) + 123],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0)],
    ['2017-01-01T05:29:60+05:30', Date.UTC(2017, 0)],
    ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
  ])('reads %s', (text, ms) => expect(read(text)).toBe(ms))

  it.each([
    '',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-1-1T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00Zx',
    '2026-01-01T00:00:00+1:00',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+0100',
    '2026/01/01T00:00:00Z',
  ])('refuses %j', text => expect(read(text)).toBeNaN())

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), bytes => typeof rfc3339(bytes, 0, bytes.length) === 'number'))
  })
})

describe('timePattern', () => {
  it.each([
    ['yyyy-MM-dd HH:mm:ss', 'UTC', '2013-12-02 21:15:00', Date.UTC(2013, 11, 2, 21, 15)],
    ['dd.MM.yyyy HH:mm', 'Europe/Berlin', '01.07.2024 12:00', Date.UTC(2024, 6, 1, 10)],
    ['dd.MM.yyyy HH:mm', 'Europe/Berlin', '01.01.2024 12:00', Date.UTC(2024, 0, 1, 11)],
    ["yyyy-MM-dd'T'HH:mm:ss.SSSX", 'Europe/Berlin', '2024-01-01T12:00:00.250+0530', Date.UTC(2024, 0, 1, 6, 30, 0, 250)],
    ["yyyy-MM-dd'T'HH:mmXXX", 'UTC', '2024-01-01T12:00-01:00', Date.UTC(2024, 0, 1, 13)],
    ['yyyyMMddX', 'UTC', '20240101Z', Date.UTC(2024, 0, 1)],
    ['yyyyMMddX', 'UTC', '20240101+02', Date.UTC(2023, 11, 31, 22)],
    ["yyyy'''o''clock'MMdd", 'UTC', "2024'o'clock0102", Date.UTC(2024, 0, 2)],
    ['M/d/yyyy H:m', 'America/New_York', '7/4/2024 9:05', Date.UTC(2024, 6, 4, 13, 5)],
    ['yyyy-MM-dd HH:mm:ss.SSSSSS', 'UTC', '2024-01-01 00:00:00.123999', Date.UTC(2024, 0, 1) + 123],
  ])('reads %s in %s: %s', (form, zone, text, ms) => expect(pattern(form, zone, text)).toBe(ms))

  it('daylight saving: a time told twice is the earlier, a time in the gap moves behind it', () => {
    expect(pattern('yyyy-MM-dd HH:mm', 'Europe/Berlin', '2024-10-27 02:30')).toBe(Date.UTC(2024, 9, 27, 0, 30))
    expect(pattern('yyyy-MM-dd HH:mm', 'Europe/Berlin', '2024-10-27 03:00')).toBe(Date.UTC(2024, 9, 27, 2))
    expect(pattern('yyyy-MM-dd HH:mm', 'Europe/Berlin', '2024-03-31 02:30')).toBe(Date.UTC(2024, 2, 31, 1, 30))
    expect(pattern('yyyy-MM-dd HH:mm', 'Australia/Lord_Howe', '2024-04-07 01:45')).toBe(Date.UTC(2024, 3, 6, 14, 45))
    expect(pattern('yyyy-MM-dd HH:mm', 'America/New_York', '2024-11-03 01:30')).toBe(Date.UTC(2024, 10, 3, 5, 30))
  })

  it('local times of any zone come back, but for the hour told twice', () => {
    for (const zone of [
      'Europe/Berlin',
      'America/St_Johns',
      'Asia/Kathmandu',
      'Pacific/Apia',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
    ]) {
      const toUtc = zoneToUtc(zone)
      const show = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
      const local = (utc: number) => Date.parse(`${show.format(utc).replace(' ', 'T')}Z`)
      fc.assert(
        fc.property(fc.integer({ min: Date.UTC(1975, 0) / 60_000, max: Date.UTC(2035, 0) / 60_000 }), minutes => {
          const utc = minutes * 60_000
          const back = toUtc(local(utc))
          expect(local(back)).toBe(local(utc))
          expect(back).toBeLessThanOrEqual(utc)
        }),
        { numRuns: 150 },
      )
    }
  })

  it.each([
    ['yyyy-MM', 'UTC'],
    ['YYYY-MM-dd', 'UTC'],
    ['yyyy-MM-dd hh:mm a', 'UTC'],
    ["yyyy-MM-dd'T", 'UTC'],
    ['yyyy-MM-dd dd', 'UTC'],
    ['yyyy-MM-dd', 'Europe/Nowhere'],
  ])('refuses the pattern %s in %s', (form, zone) => {
    expect(() => timePattern(form, zone)).toThrow(MillraceError)
  })

  it.each(['2024-02-30 00:00', '2024-01-01 24:00', '2024-01-01 00:0', '2024-01-01 00:000', '2024-01-01', 'x'])(
    'refuses the time %j',
    text => {
      expect(pattern('yyyy-MM-dd HH:mm', 'UTC', text)).toBeNaN()
    },
  )
})

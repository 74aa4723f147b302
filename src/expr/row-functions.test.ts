import { expect, test } from 'vitest'
import { zoneOffset } from '../model/zone-offset.js'
import { calendarPart } from './calendar.js'
import { IdMemo } from './id-memo.js'
import { floorMod, roundHalfAway } from './row-functions.js'

test('mod has the sign of the divisor, and never −0', () => {
  expect([floorMod(7, 3), floorMod(-7, 3), floorMod(7, -3), floorMod(-7, -3)]).toEqual([1, 2, -2, -1])
  expect(floorMod(-4, 2)).toBe(0)
})

test('halves are rounded away from zero; what has no digits to lose stays', () => {
  expect([0.5, 1.5, 2.5, -0.5, -2.5, 0.49999999999999994].map(v => roundHalfAway(v, 1))).toEqual([1, 2, 3, -1, -3, 0])
  expect(roundHalfAway(1234.5678, 100)).toBe(1234.57)
  expect([1e300, Number.POSITIVE_INFINITY, Number.NaN].map(v => roundHalfAway(v, 100))).toEqual([
    1e300,
    Number.POSITIVE_INFINITY,
    Number.NaN,
  ])
})

test('offsets around changes of the clock, also within a quarter of an hour', () => {
  const berlin = zoneOffset('Europe/Berlin')
  const spring = Date.UTC(2026, 2, 29, 1)
  expect([berlin(spring - 1), berlin(spring)]).toEqual([3_600_000, 7_200_000])
  // Liberia left its local mean time, 44 min 30 s behind UTC, at 00:44:30 UTC.
  const monrovia = zoneOffset('Africa/Monrovia')
  const change = Date.UTC(1972, 0, 7, 0, 44, 30)
  expect([monrovia(change - 1_000), monrovia(change)]).toEqual([-2_670_000, 0])
  expect(zoneOffset('Europe/Berlin')).toBe(berlin)
  expect(berlin(Number.NaN)).toBeNaN()
})

test('calendar parts before the epoch and around leap days', () => {
  const parts = (time: number) => ['year', 'month', 'day', 'hour'].map(part => calendarPart(part, undefined)(time))
  expect(parts(-1)).toEqual([1969, 12, 31, 23])
  expect(parts(Date.UTC(2000, 1, 29, 23, 59))).toEqual([2000, 2, 29, 23])
  expect(parts(Date.UTC(1900, 1, 28, 24))).toEqual([1900, 3, 1, 0])
})

test('a memo forgets with each call, also when its generations are used up', () => {
  const memo = new IdMemo()
  const cells = memo.begin(2)
  cells[1] = (memo.generation << 1) | 1
  memo.begin(2)
  expect(cells[1]! >> 1).not.toBe(memo.generation)
  memo.generation = 2 ** 30 - 1
  cells[1] = (1 << 1) | 1
  expect(memo.begin(2)[1]).toBe(0)
  expect(memo.generation).toBe(1)
  expect(memo.begin(100_000).length).toBeGreaterThanOrEqual(100_000)
})

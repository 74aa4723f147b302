import { expect, test } from 'vitest'
import { retryAfterMs } from './retry-after.js'

const wall = Date.parse('2026-01-01T00:00:00Z')
const http = (ms: number): string => new Date(wall + ms).toUTCString()

test('seconds, and dates by the clock of the peer where it is told', () => {
  expect(retryAfterMs(undefined, undefined, wall)).toBe(0)
  expect(retryAfterMs('0', undefined, wall)).toBe(0)
  expect(retryAfterMs(' 90 ', undefined, wall)).toBe(90_000)
  expect(retryAfterMs(http(5_000), undefined, wall)).toBe(5_000)
  expect(retryAfterMs(http(65_000), http(60_000), wall)).toBe(5_000)
  expect(retryAfterMs(http(65_000), 'no date', wall)).toBe(65_000)
})

test('what is past, absurd or no time at all', () => {
  expect(retryAfterMs(http(-5_000), undefined, wall)).toBe(0)
  expect(retryAfterMs('-5', undefined, wall)).toBe(0)
  expect(retryAfterMs('soon', undefined, wall)).toBe(0)
  expect(retryAfterMs('9'.repeat(400), undefined, wall)).toBe(3_600_000)
})

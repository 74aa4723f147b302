import { expect, test } from 'vitest'
import { Backoff } from './backoff.js'

const drawing = (value: number) => ({ next: () => value, hex: () => '' })

test('pauses double up to the longest, and begin anew after a reset', () => {
  const backoff = new Backoff(drawing(0), 100, 1_000)
  expect(Array.from({ length: 6 }, () => backoff.next())).toEqual([100, 200, 400, 800, 1_000, 1_000])
  expect(backoff.attempts).toBe(6)
  backoff.reset()
  expect(backoff.next()).toBe(100)
})

test('jitter takes up to half, and a thousand failures do not overflow', () => {
  const backoff = new Backoff(drawing(0.999), 100, 30_000)
  for (let i = 0; i < 1_000; i++) backoff.next()
  expect(backoff.next()).toBe(15_015)
})

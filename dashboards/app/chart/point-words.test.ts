import { expect, test } from 'vitest'
import { pointWords } from './point-words.js'

const now = Date.UTC(2026, 0, 15, 14, 30)

test.each([
  ['a window', { size: 60_000, every: 60_000 }, '14:02:30', '14:02–14:03'],
  ['a hopping window', { size: 300_000, every: 60_000 }, '14:02:30', '13:58–14:03'],
  ['a short window', { size: 10_000, every: 10_000 }, '14:02:35', '14:02:30–14:02:40'],
  ['a row without windows', undefined, '14:02:30', '14:02:30'],
])('%s', (_, window, middle, words) => {
  expect(pointWords(Date.parse(`2026-01-15T${middle}Z`), window, now)).toBe(words)
})

import { expect, test } from 'vitest'
import { windowWords } from './window-words.js'

const now = Date.UTC(2026, 0, 15, 14, 30)
const at = (time: string): number => Date.parse(`2026-01-${time}Z`)

test.each([
  ['15T14:03:00', '15T14:04:00', '14:03–14:04'],
  ['15T14:03:50', '15T14:04:00', '14:03:50–14:04:00'],
  ['15T14:03:00', '15T14:03:10', '14:03:00–14:03:10'],
  ['15T14:03:00', '15T14:03:00.500', '14:03:00.000–14:03:00.500'],
  ['14T23:59:30', '15T00:00:00', '2026-01-14 23:59:30–2026-01-15 00:00:00'],
  ['14T12:00:00', '14T13:00:00', '2026-01-14 12:00–13:00'],
])('%s to %s is %s', (start, end, words) => {
  expect(windowWords(at(start), at(end), now)).toBe(words)
})

test('a time that no calendar has is a dash', () => {
  expect(windowWords(Number.NaN, 9e15, now)).toBe('–––')
})

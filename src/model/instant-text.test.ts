import { expect, test } from 'vitest'
import { instantText } from './instant-text.js'

test('times are RFC 3339, and numbers where the calendar does not reach', () => {
  expect(instantText(0)).toBe('1970-01-01T00:00:00.000Z')
  expect(instantText(Date.UTC(2026, 0, 15))).toBe('2026-01-15T00:00:00.000Z')
  expect(instantText(8.64e15)).toBe('+275760-09-13T00:00:00.000Z')
  expect(instantText(9e15)).toBe('9000000000000000')
  expect(instantText(Number.NaN)).toBe('NaN')
})

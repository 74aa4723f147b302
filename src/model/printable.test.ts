import { expect, test } from 'vitest'
import { printable } from './printable.js'

test('what a terminal would obey, and what hides or turns text around, is a dot', () => {
  expect(printable('ok\u001b[2J\r\n')).toBe('ok·[2J··')
  expect(printable('a\u202eb\u200bc\uFFFD')).toBe('a·b·c·')
  expect(printable('21.5 °C, Küche 🌡')).toBe('21.5 °C, Küche 🌡')
})

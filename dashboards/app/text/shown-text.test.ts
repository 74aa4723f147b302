import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shownText } from './shown-text.js'

const reordering = [...'\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069']

test('what a device says cannot turn around what stands beside it', () => {
  expect(shownText('room \u202Epump · celsius 31')).toBe('room \uFFFDpump · celsius 31')
  expect(shownText('\u20661\u2069 etom')).toBe('\uFFFD1\uFFFD etom')
})

test('scripts that are read from the right, and joined signs, stay as they are', () => {
  for (const text of ['mote 1', 'غرفة 3', 'חדר\u200F 4', '👩‍👩‍👧‍👦', 'नि\u200Dक']) expect(shownText(text)).toBe(text)
})

test('no text keeps such a mark, and no other sign is touched', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...reordering), fc.string({ unit: 'grapheme', maxLength: 3 }))), parts => {
      const shown = shownText(parts.join(''))
      expect(reordering.some(mark => shown.includes(mark))).toBe(false)
      expect(shown).toBe(parts.map(part => (reordering.includes(part) ? '\uFFFD' : part)).join(''))
    }),
  )
})

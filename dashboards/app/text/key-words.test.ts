import { expect, test } from 'vitest'
import { keyWords } from './key-words.js'

test('a name is itself; what is none says which column it is of', () => {
  expect(keyWords('room', 'attic')).toBe('attic')
  expect(keyWords('mote', 1)).toBe('mote 1')
  expect(keyWords('open', false)).toBe('open false')
  expect(keyWords('room', null)).toBe('room (none)')
})

test('a name in which there is nothing to see is quoted', () => {
  expect(keyWords('room', '')).toBe('room ""')
  expect(keyWords('room', '  ')).toBe('room "  "')
  expect(keyWords('room', '\n')).toBe('room "\\n"')
  expect(keyWords('room', '\u200B\u2060')).toBe('room "\u200B\u2060"')
  for (const name of ['-', '🌡', 'ا', '°']) expect(keyWords('room', name)).toBe(name)
})

import { expect, test } from 'vitest'
import { firstOutputIndex, LetterNames } from './letter-names.js'

const at = (entry: number, index: number, source = 's') => ({ entry, index, refused: { source } })

test('a message that is in the file vouches for those before it, and for no other journal', () => {
  const names = new LetterNames('j', 'o')
  names.stored('j.other.9.9')
  names.stored(names.of(at(3, 1)))
  names.stored(names.of(at(2, 5)))
  expect([at(1, 4), at(3, 0), at(3, 1)].map(letter => names.isStored(letter))).toEqual([true, true, true])
  expect([at(3, 2), at(4, 0)].map(letter => names.isStored(letter))).toEqual([false, false])
})

test('refused outputs are known one by one, by their sink, and vouch for the messages up to their entry', () => {
  const names = new LetterNames('j', 'o')
  names.stored(names.of(at(3, firstOutputIndex + 2, 'my.sink')))
  expect(names.isStored(at(3, firstOutputIndex + 2, 'my.sink'))).toBe(true)
  expect(names.isStored(at(3, firstOutputIndex + 2, 'other'))).toBe(false)
  expect(names.isStored(at(3, firstOutputIndex + 1, 'my.sink'))).toBe(false)
  expect([at(3, 999), at(4, 0)].map(letter => names.isStored(letter))).toEqual([true, false])
})

test('behind a line that is not readable each letter vouches for itself alone', () => {
  const names = new LetterNames('j', 'o')
  names.stored(names.of(at(1, 0)))
  names.gap()
  names.stored(names.of(at(3, 0)))
  expect([at(1, 0), at(2, 0), at(3, 0)].map(letter => names.isStored(letter))).toEqual([true, false, true])
})

import { expect, test } from 'vitest'
import { byteDump } from './byte-dump.js'
import { cellWords, columnsOf, rowWords } from './row-words.js'

test('bytes in hex and as text, sixteen a line', () => {
  const bytes = new TextEncoder().encode('{"celsius":27.4,}\u0001')
  expect(byteDump(bytes)).toEqual([
    { at: '0000', hex: '7b 22 63 65 6c 73 69 75 73 22 3a 32 37 2e 34 2c', text: '{"celsius":27.4,' },
    { at: '0010', hex: '7d 01', text: '}·' },
  ])
  expect(byteDump(new Uint8Array())).toEqual([])
})

test('rows in words: absent values are a dash, nested ones JSON', () => {
  expect(rowWords({ mote: 3, celsius: 27.43, room: 'kiln', at: null }, 0)).toBe('mote 3 · celsius 27.4 · room kiln · at –')
  expect(rowWords({ press: 'press 4', hall: 'hallway' }, 0)).toBe('press 4 · hall hallway')
  expect([cellWords(undefined, 0), cellWords(true, 0), cellWords([1, 2], 0)]).toEqual(['–', 'true', '[1,2]'])
})

test('timestamps are told as times, with the day where it is another one; counts and ids are not', () => {
  const at = Date.UTC(2010, 4, 9, 13, 4, 35)
  expect(rowWords({ at, until: at + 60_000, serial: 4711, bytes: 9e15 }, at)).toBe(
    'at 13:04:35 · until 13:05:35 · serial 4711 · bytes 9000000000000000',
  )
  expect(cellWords(at + 86_400_000, at)).toBe('2010-05-10 13:04:35')
  // A job that counts its time from zero.
  expect(cellWords(5000, 4000)).toBe('5000')
})

test('columns in the order in which they first come, ten at most', () => {
  expect(
    columnsOf([
      { b: 1, a: 2 },
      { c: 3, a: 1 },
    ]),
  ).toEqual(['b', 'a', 'c'])
  expect(columnsOf([Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`c${i}`, i]))])).toHaveLength(10)
})

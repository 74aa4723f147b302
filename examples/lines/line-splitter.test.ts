import { expect, test } from 'vitest'
import { LineSplitter } from './line-splitter.js'

/** The lines of a text that comes in parts of `size` bytes. */
function split(text: string, size: number, most = 100): { readonly lines: readonly string[]; readonly tooLong: number } {
  const lines: string[] = []
  const splitter = new LineSplitter(most, line => lines.push(Buffer.from(line).toString()))
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size))
  return { lines, tooLong: splitter.tooLong }
}

test('lines are the same however they are cut; empty ones and one without an end are none', () => {
  const text = `{"n":1}\n\nKüche\n${'y'.repeat(99)}\nno end`
  for (let size = 1; size < 120; size++) expect(split(text, size)).toEqual({ lines: ['{"n":1}', 'Küche', 'y'.repeat(99)], tooLong: 0 })
})

test('a line that is too long is left out and counted, its neighbours are not', () => {
  const text = `a\n${'x'.repeat(101)}\nb\n${'y'.repeat(500)}\nc\n`
  for (let size = 1; size < 700; size += 13) expect(split(text, size)).toEqual({ lines: ['a', 'b', 'c'], tooLong: 2 })
})

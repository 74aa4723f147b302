import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { ChunkEntry } from '../journal/journal.js'
import { chunkEntry } from '../journal/journal-fixture.js'
import { jsonLine, textLine } from './journal-line.js'

/** Without what makes a terminal dim. */
const line = (...args: Parameters<typeof textLine>): string => stripVTControlCharacters(textLine(...args))

function chunkOf(texts: readonly string[]): ChunkEntry {
  const entry = chunkEntry(7, texts)
  return entry.kind === 'chunk' ? entry : expect.unreachable()
}

describe('a line of `journal cat`', () => {
  it('shows messages behind their number and size, and ends with the terminal', () => {
    const entry = chunkOf(['one', 'two'])
    const whole = line(entry, false)
    expect(whole).toMatch(/^ {7}7 {2}1970-01-01T00:00:01\.007Z {2}readings\/\d+ {2}2 messages, \d+ B +one {2}two$/)
    expect(line(entry, false, whole.length - 2)).toBe(whole.slice(0, -2))
    expect(line(entry, false, 10)).toBe(whole.slice(0, whole.indexOf('one')))
    expect(JSON.parse(jsonLine(entry, false))).toMatchObject({ entry: 7, messages: 2, samples: ['one', 'two'] })
  })

  it('shows the place of a chunk that is there for its place alone', () => {
    const { chunk, ...entry } = chunkOf([])
    const text = line({ ...entry, chunk: { ...chunk, position: '{"file":"a.csv","at":120}\u001b' } }, false)
    expect(text).toMatch(/readings\/\d+ {2}goes on at \{"file":"a\.csv","at":120\}·$/)
  })

  it('names the dead letter whose message came again', () => {
    expect(line({ ...chunkOf(['one']), retryOf: 'rooms.1f.3.0' }, false)).toContain('dead letter rooms.1f.3.0 again')
  })

  it('counts the rows of an entry that a sink holds from 1', () => {
    const note = { kind: 'acknowledged', sink: 'out', position: { entry: 4, ordinal: 64 } } as const
    expect(line({ ...note, rows: 36 }, false)).toMatch(/acknowledged: out up to entry 4, row 100$/)
    // An older release did not say how many.
    expect(line(note, false)).toMatch(/row 65$/)
  })
})

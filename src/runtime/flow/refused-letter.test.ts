import { expect, test } from 'vitest'
import { RefusedRows } from '../../connector/refused-rows.js'
import type { OutputBatch } from '../../connector/sink.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import { refusedLetter } from './refused-letter.js'

const batch = (texts: readonly string[]): OutputBatch => {
  const ids = texts.map((_, i) => `r${i}`)
  return {
    sink: 'out',
    length: texts.length,
    schema: [
      { name: 'room', type: 'text', nullable: false },
      { name: 'at', type: 'timestamp', nullable: false },
    ],
    columns: {
      room: { type: 'text', form: 'plain', values: texts },
      at: { type: 'number', values: Float64Array.from(texts, (_, i) => i * 1_000), nulls: undefined },
    },
    computed: {},
    ids,
    keys: ids,
    removed: undefined,
    wall: 0,
    watermark: 0,
  }
}
const letterOf = (...args: Parameters<typeof refusedLetter>): unknown => JSON.parse(new TextDecoder().decode(refusedLetter(...args)))

test('the rows that were refused are kept with their values, and no others', () => {
  expect(letterOf(batch(['a', 'b "', 'c']), new RefusedRows('MR342', 'refused', ['r1']))).toEqual({
    sink: 'out',
    ids: ['r1'],
    rows: [{ room: 'b "', at: '1970-01-01T00:00:01.000Z' }],
  })
})

test('all rows, where a sink does not say which', () => {
  expect(letterOf(batch(['a', 'b']), new MillraceError('MR311', 'refused'))).toMatchObject({
    ids: ['r0', 'r1'],
    rows: [{ room: 'a' }, { room: 'b' }],
  })
})

test('huge rows are kept as long as a letter is no larger than 1 MiB, and the others by their ids', () => {
  const huge = batch(Array.from({ length: 5 }, () => 'x'.repeat(400_000)))
  const letter = letterOf(huge, new MillraceError('MR311', 'refused')) as {
    readonly ids: readonly string[]
    readonly rows: readonly unknown[]
  }
  expect([letter.ids.length, letter.rows.length]).toEqual([5, 2])
})

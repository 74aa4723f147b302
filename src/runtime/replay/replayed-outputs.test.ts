import { expect, test } from 'vitest'
import type { OutputBatch } from '../../connector/sink.js'
import { ReplayedOutputs } from './replayed-outputs.js'

const rows = (sink: string, length: number): OutputBatch => {
  const ids = Array.from({ length }, (_, i) => `${i}`)
  return { sink, length, schema: [], columns: {}, computed: {}, ids, keys: ids, removed: undefined, wall: 0, watermark: 0 }
}

function replayed() {
  const held: string[] = []
  const outputs = new ReplayedOutputs(({ sink, length }) => void held.push(`${sink} ${length}`))
  const rest = () => outputs.rest().map(({ entry, ordinal, outputs: { sink, length } }) => [entry, ordinal, sink, length])
  return { outputs, held, rest }
}

test('what a note says its sink holds is left out, sink by sink, and is seen', () => {
  const { outputs, held, rest } = replayed()
  outputs.restore([{ entry: 1, ordinal: 0, outputs: rows('a', 1) }])
  outputs.add(2, [rows('a', 2), rows('b', 3), rows('a', 4)])
  outputs.add(3, [rows('b', 5)])
  outputs.acknowledged('a', { entry: 2, ordinal: 0 })
  outputs.acknowledged('c', { entry: 9, ordinal: 0 })
  expect(held).toEqual(['a 1', 'a 2'])
  expect(rest()).toEqual([
    [2, 2, 'a', 4],
    [2, 0, 'b', 3],
    [3, 0, 'b', 5],
  ])
  // A note of an earlier place changes nothing.
  outputs.acknowledged('b', { entry: 1, ordinal: 7 })
  expect(rest()).toHaveLength(3)
})

test('rows of sinks that are gone are forgotten', () => {
  const { outputs, rest } = replayed()
  outputs.add(2, [rows('a', 2), rows('b', 3)])
  outputs.keep(['b', 'c'])
  expect(rest()).toEqual([[2, 0, 'b', 3]])
})
